//! The sum of cosines.

use chrono::{DateTime, Duration, Utc};

use crate::Metres;
use crate::constituent::{self, Constituent};
use crate::station::Station;

/// A station's constants, ready for one day: node factors applied.
pub struct Predictor {
    terms: Vec<Term>,
    epoch: DateTime<Utc>,
    mean: Metres,
}

struct Term {
    amplitude: Metres,
    phase: f64,
    speed: f64,
}

impl Predictor {
    /// Prepares a predictor; good for a few days around `day`.
    pub fn new(station: &Station, day: DateTime<Utc>) -> Self {
        let node = moon_node(day);
        let terms = station
            .constants
            .iter()
            .filter_map(|(name, constant)| {
                let known: &Constituent = constituent::find(name)?;
                let (factor, shift) = constituent::node_factor(name, node);
                Some(Term {
                    amplitude: constant.amplitude * factor,
                    phase: (constant.phase - shift).to_radians(),
                    speed: known.speed.to_radians() / 3_600.0,
                })
            })
            .collect();
        Self { terms, epoch: day, mean: station.mean }
    }

    /// Height above mean sea level.
    pub fn height(&self, at: DateTime<Utc>) -> Metres {
        let elapsed = (at - self.epoch).num_milliseconds() as f64 / 1_000.0;
        let tide: f64 =
            self.terms.iter().map(|term| term.amplitude * (term.speed * elapsed - term.phase).cos()).sum();
        self.mean + tide
    }

    /// Rate of change, in metres an hour; zero at high and low water.
    pub fn slope(&self, at: DateTime<Utc>) -> f64 {
        let step = Duration::seconds(30);
        (self.height(at + step) - self.height(at - step)) * 60.0
    }
}

/// Longitude of the moon's ascending node, in degrees.
fn moon_node(at: DateTime<Utc>) -> f64 {
    let days = (at.timestamp() as f64 - 946_728_000.0) / 86_400.0;
    (125.044_555 - 0.052_953_76 * days).rem_euclid(360.0)
}

//! High and low waters between the samples of a curve.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use crate::Metres;
use crate::clock;
use crate::harmonic::Predictor;

/// High or low water.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme {
    pub at: DateTime<Tz>,
    pub height: Metres,
    pub high: bool,
}

/// How far apart samples may be without missing an extreme.
const STEP_MINUTES: i64 = 20;

/// All extremes of a local day.
pub fn extremes(predictor: &Predictor, day: chrono::NaiveDate, zone: Tz) -> Vec<Extreme> {
    let start = clock::midnight(day, zone);
    let end = start + Duration::hours(24);
    let mut found = Vec::new();
    let mut left = start;
    while left < end {
        let right = left + Duration::minutes(STEP_MINUTES);
        let (before, after) = (predictor.slope(left), predictor.slope(right));
        if before.signum() != after.signum() {
            let at = root(predictor, left, right);
            found.push(Extreme {
                at: at.with_timezone(&zone),
                height: predictor.height(at),
                high: before > 0.0,
            });
        }
        left = right;
    }
    found
}

/// Halves the interval until it is shorter than ten seconds.
fn root(predictor: &Predictor, mut left: DateTime<Utc>, mut right: DateTime<Utc>) -> DateTime<Utc> {
    let rising = predictor.slope(left) > 0.0;
    while right - left > Duration::seconds(10) {
        let middle = left + (right - left) / 2;
        if (predictor.slope(middle) > 0.0) == rising {
            left = middle;
        } else {
            right = middle;
        }
    }
    left + (right - left) / 2
}

/// The height between two samples, by a parabola through three of them.
pub fn parabola(samples: [(f64, Metres); 3]) -> (f64, Metres) {
    let [(x0, y0), (x1, y1), (x2, y2)] = samples;
    let denominator = (x0 - x1) * (x0 - x2) * (x1 - x2);
    let a = (x2 * (y1 - y0) + x1 * (y0 - y2) + x0 * (y2 - y1)) / denominator;
    let b = (x2 * x2 * (y0 - y1) + x1 * x1 * (y2 - y0) + x0 * x0 * (y1 - y2)) / denominator;
    let x = -b / (2.0 * a);
    let c = y1 - a * x1 * x1 - b * x1;
    (x, a * x * x + b * x + c)
}

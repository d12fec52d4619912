//! Above what?

use std::str::FromStr;

use crate::Metres;
use crate::station::Station;

/// A zero for heights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datum {
    Chart,
    MeanSeaLevel,
    LowestAstronomical,
}

impl FromStr for Datum {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "chart" => Ok(Self::Chart),
            "msl" => Ok(Self::MeanSeaLevel),
            "lat" => Ok(Self::LowestAstronomical),
            _ => Err(format!("unknown datum {text:?}; known: chart, msl, lat")),
        }
    }
}

impl Datum {
    /// Moves a height above mean sea level to this datum.
    pub fn apply(self, height: Metres, station: &Station) -> Option<Metres> {
        match self {
            Self::Chart => station.chart.map(|offset| height - offset),
            Self::MeanSeaLevel => Some(height),
            Self::LowestAstronomical => {
                let range: Metres = station.constants.values().map(|known| known.amplitude).sum();
                Some(height + range)
            }
        }
    }
}

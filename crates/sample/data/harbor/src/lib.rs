//! Tides from harmonic constants.

pub mod cache;
pub mod clock;
pub mod constituent;
pub mod datum;
pub mod harmonic;
pub mod interpolate;
pub mod server;
pub mod station;

pub use datum::Datum;
pub use harmonic::Predictor;
pub use station::{Station, Stations};

/// Metres above (or below) a datum.
pub type Metres = f64;

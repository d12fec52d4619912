//! Predictions that were asked for before.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::NaiveDate;

use crate::interpolate::Extreme;

/// Extremes by station and day. Small: a day is eight values at most.
#[derive(Default)]
pub struct Cache {
    days: Mutex<HashMap<(String, NaiveDate), Vec<Extreme>>>,
}

/// Above this many days the cache is emptied; simpler than counting ages, and rare.
const MOST_DAYS: usize = 50_000;

impl Cache {
    pub fn get(&self, station: &str, day: NaiveDate) -> Option<Vec<Extreme>> {
        let days = self.days.lock().ok()?;
        days.get(&(station.to_owned(), day)).cloned()
    }

    pub fn put(&self, station: &str, day: NaiveDate, extremes: Vec<Extreme>) {
        let Ok(mut days) = self.days.lock() else { return };
        if days.len() >= MOST_DAYS {
            days.clear();
        }
        days.insert((station.to_owned(), day), extremes);
    }
}

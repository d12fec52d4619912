//! Tidal constituents: speeds, and how the moon's node modulates them.

/// One constituent of the tide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constituent {
    pub name: &'static str,
    /// Degrees an hour.
    pub speed: f64,
    /// Doodson numbers: T, s, h, p, N', p1.
    pub doodson: [i8; 6],
}

/// The eight that matter nearly everywhere.
pub const MAJOR: [Constituent; 8] = [
    Constituent { name: "M2", speed: 28.984_104_2, doodson: [2, 0, 0, 0, 0, 0] },
    Constituent { name: "S2", speed: 30.0, doodson: [2, 2, -2, 0, 0, 0] },
    Constituent { name: "N2", speed: 28.439_729_5, doodson: [2, -1, 0, 1, 0, 0] },
    Constituent { name: "K2", speed: 30.082_137_3, doodson: [2, 2, 0, 0, 0, 0] },
    Constituent { name: "K1", speed: 15.041_068_6, doodson: [1, 1, 0, 0, 0, 0] },
    Constituent { name: "O1", speed: 13.943_035_6, doodson: [1, -1, 0, 0, 0, 0] },
    Constituent { name: "P1", speed: 14.958_931_4, doodson: [1, 1, -2, 0, 0, 0] },
    Constituent { name: "Q1", speed: 13.398_660_9, doodson: [1, -2, 0, 1, 0, 0] },
];

/// Shallow-water overtides: without them Southampton has one high water instead of two.
pub const SHALLOW: [Constituent; 3] = [
    Constituent { name: "M4", speed: 57.968_208_4, doodson: [4, 0, 0, 0, 0, 0] },
    Constituent { name: "MS4", speed: 58.984_104_2, doodson: [4, 2, -2, 0, 0, 0] },
    Constituent { name: "M6", speed: 86.952_312_7, doodson: [6, 0, 0, 0, 0, 0] },
];

/// Finds a constituent by its usual name.
pub fn find(name: &str) -> Option<&'static Constituent> {
    MAJOR.iter().chain(&SHALLOW).find(|known| known.name == name)
}

/// Node factor and phase correction, from the longitude of the moon's ascending node.
pub fn node_factor(name: &str, node: f64) -> (f64, f64) {
    let (sin, cos) = node.to_radians().sin_cos();
    match name {
        "M2" | "N2" => (1.0 - 0.037 * cos, -2.1 * sin),
        "K2" => (1.024 + 0.286 * cos, -17.7 * sin),
        "K1" => (1.006 + 0.115 * cos, -8.9 * sin),
        "O1" | "Q1" => (1.009 + 0.187 * cos, 10.8 * sin),
        "M4" => ((1.0 - 0.037 * cos).powi(2), -4.2 * sin),
        "M6" => ((1.0 - 0.037 * cos).powi(3), -6.3 * sin),
        _ => (1.0, 0.0),
    }
}

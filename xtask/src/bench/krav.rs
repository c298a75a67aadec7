//! The bars: what a figure must be, and whether it was.

use std::fmt;

/// What a figure is held against.
#[derive(Clone, Copy, Debug)]
pub enum Grense {
    Minst(f64),
    Hoeyst(f64),
    Under(f64),
    Mellom(f64, f64),
}

impl Grense {
    /// A number that is no number holds against nothing.
    pub fn holder(self, tall: f64) -> bool {
        match self {
            Grense::Minst(bar) => tall >= bar,
            Grense::Hoeyst(bar) => tall <= bar,
            Grense::Under(bar) => tall < bar,
            Grense::Mellom(fra, til) => (fra..=til).contains(&tall),
        }
    }
}

impl fmt::Display for Grense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Grense::Minst(bar) => write!(f, "at least {bar}"),
            Grense::Hoeyst(bar) => write!(f, "at most {bar}"),
            Grense::Under(bar) => write!(f, "below {bar}"),
            Grense::Mellom(fra, til) => write!(f, "from {fra} to {til}"),
        }
    }
}

/// The bar of one figure.
#[derive(Debug)]
pub struct Krav {
    /// The figure's name in the table.
    pub figur: &'static str,
    pub grense: Grense,
    /// The unit, with a space before it when there is one.
    pub enhet: &'static str,
}

/// Every figure that has a bar. Source: our choice.
pub const KRAV: [Krav; 19] = [
    Krav {
        figur: "generate and load, persons/s",
        grense: Grense::Minst(30_000.0),
        enhet: "",
    },
    Krav {
        figur: "start on the store",
        grense: Grense::Under(2_000.0),
        enhet: " ms",
    },
    Krav {
        figur: "peak anonymous memory",
        grense: Grense::Under(500.0),
        enhet: " MB",
    },
    Krav {
        figur: "single lookup / ceiling",
        grense: Grense::Minst(0.6),
        enhet: "",
    },
    Krav {
        figur: "single lookup in XML / in JSON",
        grense: Grense::Hoeyst(2.0),
        enhet: "",
    },
    Krav {
        figur: "archive lookup / current lookup",
        grense: Grense::Hoeyst(1.3),
        enhet: "",
    },
    Krav {
        figur: "bulkoppslag of 1 000, median",
        grense: Grense::Under(20.0),
        enhet: " ms",
    },
    Krav {
        figur: "feed page of 1 000 in JSON, median",
        grense: Grense::Under(4.0),
        enhet: " ms",
    },
    Krav {
        figur: "feed page of 1 000 in Atom, median",
        grense: Grense::Under(8.0),
        enhet: " ms",
    },
    Krav {
        figur: "disk per person",
        grense: Grense::Hoeyst(2_400.0),
        enhet: " B",
    },
    // Without it the bar above could be met by poor documents.
    Krav {
        figur: "document with history, JSON",
        grense: Grense::Mellom(4_200.0, 5_000.0),
        enhet: " B",
    },
    Krav {
        figur: "single lookup / PostgreSQL lookup",
        grense: Grense::Minst(5.0),
        enhet: "",
    },
    Krav {
        figur: "single lookup at half load, p99",
        grense: Grense::Under(2.0),
        enhet: " ms",
    },
    Krav {
        figur: "correction of sivilstand, held",
        grense: Grense::Under(300.0),
        enhet: " s",
    },
    Krav {
        figur: "p99 of lookups during / at rest",
        grense: Grense::Hoeyst(3.0),
        enhet: "",
    },
    Krav {
        figur: "202 until in the Person API, p99",
        grense: Grense::Under(500.0),
        enhet: " ms",
    },
    // What a verification of its proof and all else of a bearer's lookup would take together.
    Krav {
        figur: "DPoP lookup / what its signature allows",
        grense: Grense::Minst(0.8),
        enhet: "",
    },
    Krav {
        figur: "copy catching up / the nation's own rate",
        grense: Grense::Minst(10.0),
        enhet: "",
    },
    Krav {
        figur: "copy catching up / 100 events a second",
        grense: Grense::Minst(10.0),
        enhet: "",
    },
];

impl Krav {
    /// One line: the bar, what was measured, whether it holds.
    pub fn linje(&self, tall: Option<f64>) -> String {
        let Krav { figur, grense, enhet } = self;
        match tall {
            None => format!("{figur}: {grense}{enhet}; not measured"),
            Some(tall) => {
                let utfall = if grense.holder(tall) {
                    "holds"
                } else {
                    "**does not hold**"
                };
                let desimaler = if tall < 100.0 { 2 } else { 0 };
                format!("{figur}: {grense}{enhet}; measured {tall:.desimaler$}{enhet}; {utfall}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_the_bar_and_whether_it_holds() {
        let krav = |grense| Krav {
            figur: "figur",
            grense,
            enhet: " ms",
        };
        for (grense, tall, ventet) in [
            (
                Grense::Minst(5.0),
                Some(5.0),
                "figur: at least 5 ms; measured 5.00 ms; holds",
            ),
            (
                Grense::Minst(5.0),
                Some(4.996),
                "figur: at least 5 ms; measured 5.00 ms; **does not hold**",
            ),
            (
                Grense::Under(2.0),
                Some(2.0),
                "figur: below 2 ms; measured 2.00 ms; **does not hold**",
            ),
            (
                Grense::Hoeyst(2_400.0),
                Some(2_400.0),
                "figur: at most 2400 ms; measured 2400 ms; holds",
            ),
            (
                Grense::Mellom(4_200.0, 5_000.0),
                Some(5_001.0),
                "figur: from 4200 to 5000 ms; measured 5001 ms; **does not hold**",
            ),
            (
                Grense::Minst(5.0),
                Some(f64::NAN),
                "figur: at least 5 ms; measured NaN ms; **does not hold**",
            ),
            (Grense::Under(2.0), None, "figur: below 2 ms; not measured"),
        ] {
            assert_eq!(krav(grense).linje(tall), ventet);
        }
    }
}

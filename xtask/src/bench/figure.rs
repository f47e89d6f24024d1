//! What was measured, as numbers with their units and goals.

/// What the numbers count.
#[derive(Clone, Copy)]
pub enum Unit {
    Seconds,
    Memory,
    /// The size of a file, beyond that of another.
    Beyond,
    /// How much more, as a part of what another takes.
    Share,
    /// How many more.
    More,
    /// How many times as much. More is better where it says so.
    Times,
    /// How many times as quick: more is better.
    Faster,
    Files,
}

/// One thing that was measured, several times.
pub struct Figure {
    unit: Unit,
    /// In rising order.
    values: Vec<f64>,
    target: Option<f64>,
    stretch: Option<f64>,
}

/// How far goals are met.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Met {
    No,
    Target,
    Stretch,
}

impl Figure {
    pub fn new(unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self { unit, values, target: None, stretch: None }
    }

    pub fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    pub fn stretch(self, stretch: f64) -> Self {
        Self { stretch: Some(stretch), ..self }
    }

    /// Nothing where nothing could be measured, such as memory on a system that doesn't tell.
    pub fn median(&self) -> Option<f64> {
        let middle = self.values.len() / 2;
        let upper = *self.values.get(middle)?;
        Some(if self.values.len().is_multiple_of(2) { (self.values[middle - 1] + upper) / 2.0 } else { upper })
    }

    /// The median, and behind it the lowest and the highest where they differ.
    pub fn show(&self) -> String {
        let Some(median) = self.median() else { return "unknown".to_owned() };
        let whole = self.unit.show(median);
        match (self.values.first(), self.values.last()) {
            (Some(low), Some(high)) if self.unit.show(*low) != self.unit.show(*high) => {
                format!("{whole} ({}–{})", number(self.unit, *low, median), number(self.unit, *high, median))
            }
            _ => whole,
        }
    }

    pub fn show_target(&self) -> Option<String> {
        self.target.map(|target| self.unit.show_goal(target))
    }

    pub fn show_stretch(&self) -> Option<String> {
        self.stretch.map(|stretch| self.unit.show_goal(stretch))
    }

    /// How far the median meets the goals; nothing where there are none.
    pub fn met(&self) -> Option<Met> {
        let median = self.median()?;
        let meets = |goal: f64| match self.unit {
            Unit::Faster => median >= goal,
            _ => median <= goal,
        };
        // Where there is a target alone, that is all that can be met.
        match (self.target, self.stretch) {
            (_, Some(stretch)) if meets(stretch) => Some(Met::Stretch),
            (Some(target), None) if meets(target) => Some(Met::Stretch),
            (Some(target), _) if meets(target) => Some(Met::Target),
            (None, None) => None,
            _ => Some(Met::No),
        }
    }

    /// What another program took for the same, and how many times as much that is.
    pub fn compare(&self, other: &Self) -> String {
        match (self.median(), other.median()) {
            (Some(own), Some(theirs)) if own > 0.0 => format!("{} ({:.2}×)", self.unit.show(theirs), theirs / own),
            _ => other.show(),
        }
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        let number = number(self, value, value);
        match self {
            Self::Seconds => format!("{number} s"),
            Self::Memory if value < 1e9 => format!("{number} MB"),
            Self::Memory => format!("{number} GB"),
            Self::Beyond => format!("{number} KB"),
            Self::Share => format!("{number} %"),
            Self::More => number,
            Self::Times | Self::Faster => format!("{number}×"),
            Self::Files if number == "1" => "1 file rewritten".to_owned(),
            Self::Files => format!("{number} files rewritten"),
        }
    }

    /// As people write a goal: without digits that say nothing.
    fn show_goal(self, value: f64) -> String {
        match self {
            Self::Seconds => format!("{value} s"),
            Self::Memory if value < 1e9 => format!("{} MB", value / 1e6),
            Self::Memory => format!("{} GB", value / 1e9),
            Self::Share => format!("{:+.0} %", value * 100.0),
            Self::Times | Self::Faster => format!("{value}×"),
            _ => self.show(value),
        }
    }
}

/// A number with three digits or so, in the unit that `beside` is shown in.
fn number(unit: Unit, value: f64, beside: f64) -> String {
    match unit {
        Unit::Seconds if beside >= 10.0 => format!("{value:.1}"),
        Unit::Seconds if beside >= 0.1 => format!("{value:.2}"),
        Unit::Seconds => format!("{value:.3}"),
        Unit::Memory if beside < 1e9 => format!("{:.0}", value / 1e6),
        Unit::Memory => format!("{:.2}", value / 1e9),
        Unit::Beyond => format!("{:+.0}", value / 1e3),
        Unit::Share => format!("{:+.1}", value * 100.0),
        Unit::More => format!("{value:+.0}"),
        Unit::Times | Unit::Faster => format!("{value:.2}"),
        Unit::Files => format!("{value:.0}"),
    }
}

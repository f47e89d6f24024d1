//! Figures with units and targets, and their Markdown table.

use crate::error::Result;

/// Unit of a figure.
#[derive(Clone, Copy)]
pub enum Unit {
    Seconds,
    /// Memory in bytes.
    Bytes,
    /// Difference of two sizes in bytes.
    SizeDifference,
    /// Difference of two durations as a fraction of the second.
    Share,
    /// Difference of two counts.
    CountDifference,
    /// Ratio for which a lower value is better.
    Ratio,
    /// Ratio for which a higher value is better.
    Speedup,
    Files,
}

/// Measured values and their target.
pub struct Figure {
    unit: Unit,
    /// Values in ascending order.
    values: Vec<f64>,
    target: Option<f64>,
}

/// Cells of a row.
#[derive(Default)]
pub struct Cells {
    pub figures: Vec<Figure>,
    /// Text after the figures.
    pub note: String,
    /// `true` if the targets are meant for large documents only.
    pub has_large_targets: bool,
    /// Texts of the peers' columns.
    pub peers: Vec<String>,
}

/// Title of a row, and its cells or the reason why it could not be measured.
pub type Row = (&'static str, Result<Cells>);

impl Figure {
    pub fn new(unit: Unit, values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self { unit, values, target: None }
    }

    pub fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    /// Returns the median, or `None` without values, such as memory on systems other than Linux.
    pub fn median(&self) -> Option<f64> {
        let middle = self.values.len() / 2;
        let upper = *self.values.get(middle)?;
        Some(if self.values.len().is_multiple_of(2) { (self.values[middle - 1] + upper) / 2.0 } else { upper })
    }

    /// Formats the median, followed by the lowest and highest value if they differ.
    pub fn format(&self) -> String {
        let Some(median) = self.median() else { return "unknown".to_owned() };
        let text = format!("{}{}", self.unit.number(median, median), self.unit.suffix(median));
        let [low, high] = [self.values.first(), self.values.last()]
            .map(|value| self.unit.number(value.copied().unwrap_or(median), median));
        if low == high { text } else { format!("{text} ({low}–{high})") }
    }

    /// Formats the median of a peer, followed by its ratio to this figure.
    pub fn format_peer(&self, peer: &Self) -> String {
        match (self.median(), peer.median()) {
            (Some(own), Some(other)) if own > 0.0 => format!("{} ({:.2}×)", peer.format(), other / own),
            _ => peer.format(),
        }
    }

    fn format_target(&self) -> Option<String> {
        self.target.map(|target| format!("{}{}", self.unit.number(target, target), self.unit.suffix(target)))
    }

    /// Returns `true` if the median meets the target, or `None` without a target or values.
    fn is_met(&self) -> Option<bool> {
        let (target, median) = (self.target?, self.median()?);
        Some(if let Unit::Speedup = self.unit { median >= target } else { median <= target })
    }
}

impl Unit {
    /// Formats a value with about three digits, in the scale that suits `reference`.
    fn number(self, value: f64, reference: f64) -> String {
        match self {
            Self::Seconds if reference >= 10.0 => format!("{value:.1}"),
            Self::Seconds if reference >= 0.1 => format!("{value:.2}"),
            Self::Seconds => format!("{value:.3}"),
            Self::Bytes if reference < 1e9 => format!("{:.0}", value / 1e6),
            Self::Bytes => format!("{:.2}", value / 1e9),
            Self::SizeDifference => format!("{:+.0}", value / 1e3),
            Self::Share => format!("{:+.1}", value * 100.0),
            Self::CountDifference => format!("{value:+.0}"),
            Self::Ratio | Self::Speedup => format!("{value:.2}"),
            Self::Files => format!("{value:.0}"),
        }
    }

    fn suffix(self, reference: f64) -> &'static str {
        match self {
            Self::Seconds => " s",
            Self::Bytes if reference < 1e9 => " MB",
            Self::Bytes => " GB",
            Self::SizeDifference => " KB",
            Self::Share => " %",
            Self::CountDifference => "",
            Self::Ratio | Self::Speedup => "×",
            Self::Files => " files rewritten",
        }
    }
}

impl Cells {
    /// Creates cells whose targets apply to any document.
    pub fn new(figures: impl IntoIterator<Item = Figure>) -> Self {
        Self { figures: figures.into_iter().collect(), ..Self::default() }
    }

    /// Creates cells whose targets apply to large documents.
    pub fn for_large(figures: impl IntoIterator<Item = Figure>) -> Self {
        Self { has_large_targets: true, ..Self::new(figures) }
    }

    pub fn note(self, note: String) -> Self {
        Self { note, ..self }
    }

    /// Returns the texts of the columns result, target, met, and peers.
    fn columns(&self, is_large: bool) -> Vec<String> {
        let results = self.figures.iter().map(Figure::format).collect::<Vec<_>>().join(", ");
        let result = if self.note.is_empty() { results } else { format!("{results}; {}", self.note) };
        let mut columns = vec![result];
        if self.has_large_targets && !is_large {
            columns.extend([String::new(), String::new()]);
        } else {
            let targets: Vec<String> = self.figures.iter().filter_map(Figure::format_target).collect();
            let is_met = self.figures.iter().filter_map(Figure::is_met).reduce(|a, b| a && b);
            let is_met = is_met.map_or("", |is_met| if is_met { "yes" } else { "no" });
            columns.extend([targets.join(", "), is_met.to_owned()]);
        }
        columns.extend(self.peers.iter().cloned());
        columns
    }
}

/// Formats rows as a Markdown table whose columns are aligned. `peers` are the titles of the peers' columns.
pub fn table(rows: &[Row], peers: &[String], is_large: bool) -> String {
    let titles = ["what", "result", "target", "met"].map(str::to_owned);
    let mut lines: Vec<Vec<String>> = vec![titles.into_iter().chain(peers.iter().cloned()).collect()];
    let count = lines[0].len();
    for (title, cells) in rows {
        let mut line = vec![(*title).to_owned()];
        match cells {
            Ok(cells) => line.extend(cells.columns(is_large)),
            Err(error) => line.push(format!("not measured: {}", error.message())),
        }
        line.resize(count, String::new());
        lines.push(line);
    }
    let lines: Vec<Vec<String>> = lines
        .iter()
        .map(|line| line.iter().map(|text| text.replace('|', "\\|").replace('\n', " ")).collect())
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    let format = |line: &[String]| {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(text, width)| format!("{text:<width$}")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    format(&lines[0]) + &format(&rule) + &lines[1..].iter().map(|line| format(line)).collect::<String>()
}

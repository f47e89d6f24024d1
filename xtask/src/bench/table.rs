//! The table of results: Markdown that reads well as it is.

use super::figure::{Figure, Met};

/// What is said of one row.
#[derive(Default)]
pub struct Cells {
    pub figures: Vec<Figure>,
    /// What belongs to the figures, in words.
    pub note: String,
    /// Whether the goals are for large documents: a small one would meet them whatever the generator did.
    pub for_large: bool,
    /// A goal in words, where numbers don't say it.
    pub goal: &'static str,
    /// What peers take for the same, in their order.
    pub peers: Vec<String>,
}

/// A row: its title, and what was measured or why it was not.
pub type Row = (&'static str, Result<Cells, String>);

/// All rows as a table. `peers` are the titles of the peers' columns.
pub fn table(rows: &[Row], peers: &[String], is_large: bool) -> String {
    let titles = ["what", "result", "target", "stretch", "met"].map(str::to_owned);
    let titles: Vec<String> = titles.into_iter().chain(peers.iter().cloned()).collect();
    let columns = titles.len();
    let mut lines = vec![titles];
    lines.extend(rows.iter().map(|(what, cells)| {
        let mut line = vec![(*what).to_owned()];
        match cells {
            Ok(cells) => line.extend(cells.show(is_large)),
            Err(problem) => line.push(format!("not measured: {}", short(problem))),
        }
        line.resize(columns, String::new());
        line
    }));
    let width = |column: usize| lines.iter().map(|line| cell(&line[column]).chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    lines.insert(1, rule);
    let show = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(text, width)| format!("{:<width$}", cell(text)));
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    lines.iter().map(show).collect()
}

/// A text that is one cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The whole problem is on stderr. A line that announces the next one says nothing alone.
fn short(problem: &str) -> String {
    let mut lines = problem.trim().lines();
    let first = lines.next().unwrap_or("nobody knows why");
    if first.ends_with(':') { format!("{first} {}", lines.next().unwrap_or_default()) } else { first.to_owned() }
}

impl Cells {
    pub fn of(figures: impl IntoIterator<Item = Figure>) -> Self {
        Self { figures: figures.into_iter().collect(), for_large: true, ..Self::default() }
    }

    fn show(&self, is_large: bool) -> Vec<String> {
        let list =
            |texts: Vec<String>| texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        let mut result = list(self.figures.iter().map(Figure::show).collect());
        if !self.note.is_empty() {
            result += &format!("; {}", self.note);
        }
        let mut shown = vec![result];
        if self.for_large && !is_large {
            shown.extend([String::new(), String::new(), String::new()]);
        } else {
            let targets =
                self.figures.iter().filter_map(Figure::show_target).chain([self.goal.to_owned()]).collect();
            let met = match self.figures.iter().filter_map(Figure::met).min() {
                None => "",
                Some(Met::No) => "no",
                Some(_) if self.figures.iter().all(|figure| figure.show_stretch().is_none()) => "yes",
                Some(Met::Target) => "yes",
                Some(Met::Stretch) => "stretch",
            };
            let stretches = self.figures.iter().filter_map(Figure::show_stretch).collect();
            shown.extend([list(targets), list(stretches), met.to_owned()]);
        }
        shown.extend(self.peers.iter().cloned());
        shown
    }
}

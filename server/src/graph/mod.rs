//! The team graph for people and programs: positions and the formats that it is written in.
//! The command line and the server share it.

mod dot;
mod html;
mod layout;
mod mermaid;
mod picture;
mod team;

use clap::ValueEnum;
use picture::Picture;
use serde::Deserialize;
pub(crate) use team::{Team, Texts};

/// What a graph is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// For markdown: a flowchart that GitHub draws, up to 500 edges
    #[default]
    Mermaid,
    /// For Graphviz
    Dot,
    /// For programs: nodes and edges with their positions
    Json,
    /// For people: one page that works offline
    Html,
}

/// What the page says of its own script and style, so that no other runs in it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Nonce<'a> {
    /// `{{nonce}}`, which whoever shows the page replaces.
    Open,
    /// This.
    Given(&'a str),
    /// What its content makes: the same for the same team and build, and nothing that somebody who writes
    /// an agent can know beforehand.
    OfContent,
}

/// A team as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    pub(crate) text: String,
    /// A sentence for whoever asked for it, where it cannot be shown as it is.
    pub(crate) advice: Option<String>,
}

/// Writes a team in one format; the page alone has a nonce.
pub(crate) fn render(team: Team, format: Format, nonce: Nonce<'_>) -> Drawing {
    let text = match format {
        Format::Mermaid => return mermaid::write(&team),
        Format::Dot => dot::write(&team),
        Format::Json => Picture::new(team).to_json(),
        Format::Html => html::write(&Picture::new(team), nonce),
    };
    Drawing { text, advice: None }
}

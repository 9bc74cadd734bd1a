//! The pictures in docs/pictures: made from the program's output at a terminal, and up to date.
#![cfg(unix)]

use anstyle_svg::{Palette, Term};
use assert_cmd::Command;
use clap::builder::styling::{Color, RgbColor};
use unicode_width::UnicodeWidthStr as _;

use crate::support::contrast::contrast;
use crate::support::{generated, needed, plain, programs, pty};

/// A picture's name, and the command that it shows.
const PICTURES: [(&str, &str); 9] = [
    ("get", "sotickets get 1 839 42 19 249 5000 -s TicketId,Title,BaseStatus,OwnedByName --demo"),
    ("table", "sotickets get 1 4 8 19 34 42 -s TicketId,Title,ReadStatus,LastChanged --demo"),
    ("csv", "sotickets get 1 2 3 -s TicketId,Title,OwnedByName,ClosedAt -o csv --demo"),
    ("tsv", "sotickets get 1 3 4 -s TicketId,OwnedByName,Title -o tsv --demo"),
    ("json", "sotickets get 839 -s TicketId,Title -o json --demo | cut -c 1-96"),
    ("jsonl", "sotickets get 839 249 -s TicketId,Title,OwnedByName -o jsonl --demo"),
    (
        "record",
        "sotickets get 42 -s TicketId,Title,BaseStatus,RepliedAt,TableRight -o record --demo",
    ),
    ("markdown", "sotickets get 839 249 -s TicketId,Title,OwnedByName -o markdown --demo"),
    ("xml", "sotickets get 839 -s TicketId,Title -o xml --demo | sed 's/></>\\n</g' | sed -n 3,6p"),
];

/// Pictures of a page in a browser and of a printed sheet, which depend on the fonts of the machine.
const PAGE: &str = "html.png";
const SHEET: &str = "xlsx.png";

/// As wide as a page shows it without making it smaller.
const COLUMNS: u16 = 96;

/// Dark, but not as dark as a dark page. Every color has a contrast of 4.5 to it, as WCAG requires.
const GROUND: RgbColor = RgbColor(0x1f, 0x24, 0x2d);
const TEXT: RgbColor = RgbColor(0xe6, 0xe9, 0xef);
const PALETTE: Palette = {
    let mut colors = anstyle_svg::VGA.0;
    colors[1] = RgbColor(0xff, 0x8a, 0x80);
    colors[2] = RgbColor(0x7e, 0xd4, 0x91);
    colors[3] = RgbColor(0xf0, 0xc6, 0x67);
    Palette(colors)
};

/// Returns the output of `command` at a terminal, with color on both streams.
fn printed(command: &str) -> Option<String> {
    let mut shell = Command::from_std(programs::sh());
    shell.args(["-c", command]).env("TERM", "xterm-256color");
    shell.env("PATH", programs::path_with_sotickets());
    pty::both(&shell, COLUMNS).map(|(printed, _)| printed)
}

/// `text` with the blanks that a terminal shows for tabs.
fn with_blanks_for_tabs(text: &str) -> String {
    const STOP: usize = 8;
    let line = |line: &str| {
        let mut cells = line.split('\t');
        let first = cells.next().unwrap_or_default().to_owned();
        cells.fold(first, |line, cell| {
            let blanks = STOP - line.width() % STOP;
            format!("{line}{}{cell}", " ".repeat(blanks))
        })
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the picture of `command` with its output `printed`.
fn picture(command: &str, printed: &str) -> String {
    // Fonts for the web do not all give them two columns, and what follows would be askew.
    let characters = plain(printed).replace(char::is_control, "");
    assert_eq!(characters.width(), characters.chars().count(), "{command} shows wide characters");
    let printed = with_blanks_for_tabs(printed.trim_end());
    let shown = format!("\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m\n{printed}");
    let term = Term::new()
        .palette(PALETTE)
        .fg_color(Color::Rgb(TEXT))
        .bg_color(Color::Rgb(GROUND))
        .min_width_px(usize::from(COLUMNS) * 84 / 10);
    let svg = term.render_svg(&shown);
    // Without this it would be cut where a page makes it smaller.
    let (_, size) = svg.split_once("<svg width=\"").expect("a width");
    let (width, size) = size.split_once("px\" height=\"").expect("a height");
    let (height, _) = size.split_once("px\"").expect("a height");
    let begin = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" width=");
    let svg = svg.replacen("<svg width=", &begin, 1);
    // Dim text must be legible.
    svg.replace(".dimmed { opacity: 0.4; }", ".dimmed { opacity: 0.7; }")
}

#[test]
fn pictures_are_fresh() {
    for (name, command) in PICTURES {
        if command.contains("| sed ") && !needed("sed") {
            continue;
        }
        let Some(printed) = printed(command) else { return };
        assert!(command.len() + 2 <= COLUMNS.into(), "{command} is wider than its picture");
        generated::check(&format!("docs/pictures/{name}.svg"), &picture(command, &printed));
    }
    let names = PICTURES.iter().map(|(name, _)| format!("{name}.svg"));
    let names: Vec<String> = names.chain([PAGE.to_owned(), SHEET.to_owned()]).collect();
    generated::check_folder("docs/pictures", &names);
}

#[test]
fn each_picture_shows_its_command() {
    let formats = include_str!("../../docs/formats.md");
    let readme = include_str!("../../README.md");
    let pages = PICTURES.map(|(name, _)| match name {
        "get" => (readme, "docs/pictures/get.svg".to_owned()),
        name => (formats, format!("pictures/{name}.svg")),
    });
    let photos = [
        (readme, format!("docs/pictures/{PAGE}")),
        (formats, format!("pictures/{PAGE}")),
        (formats, format!("pictures/{SHEET}")),
    ];
    for (page, path) in pages.into_iter().chain(photos) {
        let name = &path;
        let (before, _) = page.split_once(&format!("]({path})")).expect(name);
        let (_, alt) = before.rsplit_once("![").expect(name);
        assert!(alt.len() > 40, "{name} has no words for who does not see it: {alt}");
    }
    let picture = readme.find("![").expect("a picture");
    assert!(readme[..picture].lines().count() < 8, "README.md opens with it");
}

#[test]
fn every_color_can_be_read() {
    let part = |text: u8, ground: u8| {
        let mixed = f64::from(text) * 0.7 + f64::from(ground) * 0.3;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a byte's mean"
        )]
        let mixed = mixed.round() as u8;
        mixed
    };
    let parts = |RgbColor(red, green, blue)| [red, green, blue];
    let dim = RgbColor(part(TEXT.0, GROUND.0), part(TEXT.1, GROUND.1), part(TEXT.2, GROUND.2));
    for color in [TEXT, dim, PALETTE.0[1], PALETTE.0[2], PALETTE.0[3]] {
        let contrast = contrast(parts(color), parts(GROUND));
        assert!(contrast >= 4.5, "{color:?}: {contrast}");
    }
}

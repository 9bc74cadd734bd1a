//! The picture of the layers in docs/architecture.md, drawn from that page's own table.

use std::fmt::Write as _;

/// A layer of the table, with its modules in the table's order.
pub struct Layer {
    pub name: String,
    pub modules: Vec<String>,
}

/// Reads the layers of `page`, the highest first; rows of one layer are merged.
pub fn read(page: &str) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    let rows = page.lines().skip_while(|line| !line.starts_with("| layer |")).skip(2);
    for row in rows.take_while(|line| line.starts_with('|')) {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let (name, modules) = (cells.next().expect("a layer"), cells.next().expect("modules"));
        let modules = modules.split('`').skip(1).step_by(2).map(str::to_owned);
        match layers.iter_mut().find(|layer| layer.name == name) {
            Some(layer) => layer.modules.extend(modules),
            None => layers.push(Layer { name: name.to_owned(), modules: modules.collect() }),
        }
    }
    layers
}

const LEFT: usize = 92;
const WIDTH: usize = 720;
const TOP: usize = 20;
/// The right edge of the bands.
const RIGHT: usize = WIDTH - 150;
/// The height of a box with the gap below it.
const ROW: usize = 42;

/// A box of a picture: its left edge, its width and its module.
type ModuleBox<'m> = (usize, usize, &'m str);

/// Returns the boxes of `modules` in rows that end before the edge of their band.
fn rows(modules: &[String], left: usize) -> Vec<Vec<ModuleBox<'_>>> {
    let mut rows: Vec<Vec<ModuleBox<'_>>> = vec![Vec::new()];
    let mut x = left;
    for module in modules {
        let width = module.len() * 8 + 20;
        if x + width + 10 > RIGHT && x > left {
            x = left;
            rows.push(Vec::new());
        }
        rows.last_mut().expect("a row").push((x, width, module));
        x += width + 10;
    }
    rows
}

/// Draws each layer as a band, each module as a box, and the arrow that imports follow. A module
/// in no layer is drawn next to them.
pub fn picture(layers: &[Layer]) -> String {
    let (apart, layers): (Vec<&Layer>, Vec<&Layer>) =
        layers.iter().partition(|layer| layer.name.parse::<u8>().is_err());
    let heights: Vec<usize> =
        layers.iter().map(|layer| rows(&layer.modules, LEFT + 10).len() * ROW + 8).collect();
    let bottom = TOP + heights.iter().map(|height| height + 8).sum::<usize>();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <title>The layers of the code with their modules. An import points to a lower layer.</title>\n\
         <style>.paper{{fill:#fff}}.band{{fill:#eef3f1}}.box{{fill:#fff;stroke:#5a6b65}}.apart{{fill:none;stroke:#5a6b65;stroke-dasharray:5 4}}text{{fill:#16231f}}.soft{{fill:#5a6b65}}.arrow{{stroke:#5a6b65;fill:none;stroke-width:2}}\n\
         @media (prefers-color-scheme:dark){{.paper{{fill:#101715}}.band{{fill:#1b2522}}.box{{fill:#101715;stroke:#9fb3ac}}.apart{{stroke:#9fb3ac}}text{{fill:#e3ece9}}.soft{{fill:#9fb3ac}}.arrow{{stroke:#9fb3ac}}}}</style>\n\
         <rect class=\"paper\" width=\"{WIDTH}\" height=\"{}\" rx=\"8\"/>\n",
        bottom + 20,
        bottom + 20,
    );
    let mut y = TOP;
    for (layer, height) in layers.iter().zip(heights) {
        writeln!(
            svg,
            "<rect class=\"band\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{height}\" rx=\"4\"/>\n\
             <text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">layer {}</text>",
            LEFT,
            RIGHT - LEFT,
            LEFT - 28,
            y + 30,
            layer.name
        )
        .expect("text");
        boxes(&rows(&layer.modules, LEFT + 10), y + 9, "box", &mut svg);
        y += height + 8;
    }
    writeln!(
        svg,
        "<path class=\"arrow\" d=\"M {x} {TOP} V {end} M {} {} L {x} {end} L {} {}\"/>",
        LEFT - 20,
        bottom - 18,
        LEFT - 8,
        bottom - 18,
        x = LEFT - 14,
        end = bottom - 10,
    )
    .expect("text");
    for layer in apart {
        let x = WIDTH - 132;
        let middle = TOP + (bottom - TOP) / 2;
        writeln!(svg, "<text class=\"soft\" x=\"{x}\" y=\"{}\">{}</text>", middle - 26, layer.name)
            .expect("text");
        boxes(&rows(&layer.modules, x), middle - 16, "apart", &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn boxes(rows: &[Vec<ModuleBox<'_>>], top: usize, class: &str, svg: &mut String) {
    for (row, y) in rows.iter().zip((top..).step_by(ROW)) {
        for (x, width, module) in row {
            writeln!(
                svg,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"32\" rx=\"4\"/>\n\
                 <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{module}</text>",
                x + width / 2,
                y + 21
            )
            .expect("text");
        }
    }
}

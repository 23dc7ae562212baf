//! A bar chart as SVG, written by hand: a bar to the median, a line over the range, ticks at marks.
//!
//! The colours are the page's choice: the picture asks whether the reader prefers dark.

use super::markdown::put;

/// Width of the picture.
const WIDTH: u64 = 760;
/// Where bars begin; labels end a little before.
const LEFT: u64 = 320;
/// Where the longest bar, or range, ends.
const RIGHT: u64 = 650;
/// Height of a row.
const ROW: u64 = 28;
/// Height of a bar.
const BAR: u64 = 14;
/// Room above the first row.
const TOP: u64 = 44;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}\
    .title{font-weight:600}.shown{fill:#59636e}.bar{fill:#3b76c4}\
    .range{stroke:#1f2328;stroke-width:1.5}.mark{stroke:#b35900;stroke-width:2}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.shown{fill:#9198a1}.bar{fill:#4f8fe0}\
    .range{stroke:#e6edf3}.mark{stroke:#e8963c}}";

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub value: u64,
    /// Where its range begins.
    pub least: u64,
    /// Where its range ends.
    pub most: u64,
    /// The value in words.
    pub shown: String,
    /// Ticks.
    pub marks: Vec<u64>,
}

/// The picture.
pub fn svg(title: &str, bars: &[Bar]) -> String {
    let longest = bars.iter().map(|bar| bar.most.max(bar.value));
    let longest = longest.max().unwrap_or(0).max(1);
    let rows = u64::try_from(bars.len()).unwrap_or(0);
    let height = TOP + rows * ROW + 8;
    let mut text = String::new();
    put(
        &mut text,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n<title>{0}</title>\n\
             <style>{STYLE}</style>\n<text class=\"title\" x=\"16\" y=\"26\">{0}</text>\n",
            escaped(title)
        ),
    );
    let mut top = TOP;
    for bar in bars {
        row(&mut text, bar, top, longest);
        top += ROW;
    }
    text.push_str("</svg>\n");
    text
}

fn row(text: &mut String, bar: &Bar, top: u64, longest: u64) {
    let at = |value: u64| LEFT + scaled(value.min(longest), RIGHT - LEFT, longest);
    let (middle, base) = (top + BAR / 2, top + BAR - 2);
    let (end, least, most) = (at(bar.value), at(bar.least), at(bar.most));
    put(
        text,
        format_args!(
            "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>\n\
             <rect class=\"bar\" x=\"{LEFT}\" y=\"{top}\" width=\"{}\" height=\"{BAR}\"/>\n\
             <line class=\"range\" x1=\"{least}\" y1=\"{middle}\" x2=\"{most}\" y2=\"{middle}\"/>\n",
            LEFT - 10,
            escaped(&bar.label),
            end - LEFT,
        ),
    );
    for mark in bar.marks.iter().filter(|mark| **mark <= longest) {
        let (x, from, to) = (at(*mark), top - 3, top + BAR + 3);
        put(
            text,
            format_args!(
                "<line class=\"mark\" x1=\"{x}\" y1=\"{from}\" x2=\"{x}\" y2=\"{to}\"/>\n"
            ),
        );
    }
    put(
        text,
        format_args!(
            "<text class=\"shown\" x=\"{}\" y=\"{base}\">{}</text>\n",
            end.max(most) + 8,
            escaped(&bar.shown)
        ),
    );
}

fn scaled(value: u64, width: u64, longest: u64) -> u64 {
    let pixels = u128::from(value) * u128::from(width) / u128::from(longest.max(1));
    u64::try_from(pixels).unwrap_or(width)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: u64, marks: &[u64]) -> Bar {
        Bar {
            label: "a < b & c".to_owned(),
            value,
            least: value / 2,
            most: value,
            shown: value.to_string(),
            marks: marks.to_vec(),
        }
    }

    #[test]
    fn the_longest_bar_fills_the_room_and_the_others_are_to_scale() {
        let svg = svg("title", &[bar(1_000, &[]), bar(500, &[250, 2_000])]);
        assert!(svg.contains("x=\"320\" y=\"44\" width=\"330\""), "{svg}");
        assert!(svg.contains("x=\"320\" y=\"72\" width=\"165\""), "{svg}");
        assert_eq!(
            svg.matches("class=\"mark\"").count(),
            1,
            "a mark beyond the end is left out"
        );
        assert!(svg.contains("class=\"mark\" x1=\"402\""), "{svg}");
        assert!(svg.contains("x1=\"402\" y1=\"79\" x2=\"485\""), "{svg}");
    }

    #[test]
    fn it_is_well_formed_for_any_words_and_no_values() {
        let svg = svg("<b>", &[bar(0, &[])]);
        assert!(svg.contains("a &lt; b &amp; c"));
        assert!(svg.contains("<title>&lt;b></title>"));
        assert_eq!(svg.matches("<svg").count(), svg.matches("</svg>").count());
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        assert!(svg.contains("prefers-color-scheme:dark"));
        assert!(super::svg("none", &[]).ends_with("</svg>\n"));
    }
}

//! The team as one page: the template with its style, its script and the JSON put in.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Nonce;
use super::picture::Picture;

const PAGE: &str = include_str!("page/index.html");

/// The parts of the page: each stands where the template says its name.
const PARTS: &[(&str, &str)] = &[
    ("{{graph.css}}", include_str!("page/graph.css")),
    ("{{model.js}}", include_str!("page/model.js")),
    ("{{camera.js}}", include_str!("page/camera.js")),
    ("{{scene.js}}", include_str!("page/scene.js")),
    ("{{panel.js}}", include_str!("page/panel.js")),
    ("{{graph.js}}", include_str!("page/graph.js")),
];

/// The page.
pub(super) fn write(picture: &Picture, nonce: Nonce<'_>) -> String {
    let json = in_script(&picture.to_json());
    let title = escaped(&picture.title);
    let nonce: Cow<'_, str> = match nonce {
        Nonce::Open => "{{nonce}}".into(),
        Nonce::Given(nonce) => escaped(nonce).into(),
        Nonce::OfContent => {
            let mut hasher = DefaultHasher::new();
            json.hash(&mut hasher);
            format!("{:016x}", hasher.finish()).into()
        }
    };
    let mut out = String::with_capacity(PAGE.len() + json.len() + 100_000);
    let mut rest = PAGE;
    // The template is read once from its start to its end, so that nothing that is put in is
    // taken for a place itself.
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = from.find("}}").map_or(from.len(), |end| end + 2);
        let (place, after) = from.split_at(length);
        match place {
            "{{graph}}" => out.push_str(&json),
            "{{title}}" => out.push_str(&title),
            "{{nonce}}" => out.push_str(&nonce),
            _ => {
                let part = PARTS.iter().find(|(name, _)| *name == place);
                out.push_str(part.map_or(place, |(_, text)| text));
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// JSON that can end no element and begin no comment: JSON has another way to write `<`. Nor
/// does it hold what whoever fills in the nonce looks for.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace("{{", "{\\u007b")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('{', "&#123;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_the_element_that_holds_it_or_is_taken_for_a_place() {
        let json = serde_json::to_string("</script><!-- {{nonce}} {{{graph}} ]]>").unwrap();
        let embedded = in_script(&json);
        assert!(
            !embedded.contains(['<', '>']) && !embedded.contains("{{"),
            "{embedded}"
        );
        let back: String = serde_json::from_str(&embedded).unwrap();
        assert_eq!(back, "</script><!-- {{nonce}} {{{graph}} ]]>");
        assert_eq!(
            escaped("<b>\"{{x}}&"),
            "&lt;b&gt;&quot;&#123;&#123;x}}&amp;"
        );
    }
}

//! Layers that are too high: of a team in which hundreds are on one level, dagre makes a line that
//! cannot be read from afar.

use dugong::graphlib::Graph;
use dugong::{EdgeLabel, GraphLabel, NodeLabel};
use rustc_hash::FxHashMap;

use super::{ASPECT, GAP, LAYER_GAP, Rectangle, TOO_HIGH};

/// The nodes of each layer from top to bottom, the layers from left to right.
pub(super) struct Layers(Vec<Vec<(String, Rectangle)>>);

impl Layers {
    /// The layers of a graph that dagre has laid out, if they make it too high.
    pub(super) fn too_high(graph: &Graph<NodeLabel, EdgeLabel, GraphLabel>) -> Option<Self> {
        let mut nodes: Vec<(String, Rectangle)> = graph
            .nodes()
            .filter_map(|name| Some((name.to_owned(), Rectangle::of(graph.node(name)?)?)))
            .collect();
        let middle = |place: &Rectangle| place.x + place.width / 2.0;
        nodes.sort_by(|(_, a), (_, b)| {
            middle(a)
                .total_cmp(&middle(b))
                .then_with(|| a.y.total_cmp(&b.y))
        });
        let layers = nodes
            .chunk_by(|(_, a), (_, b)| middle(b) - middle(a) < 1.0)
            .map(<[_]>::to_vec);
        let layers = Self(layers.collect());
        let highest = layers.0.iter().map(|it| height(it)).fold(0.0, f64::max);
        (highest > TOO_HIGH * layers.width(highest)).then_some(layers)
    }

    /// How wide the picture is when no layer is higher than `most`.
    fn width(&self, most: f64) -> f64 {
        let width = |layer: &Vec<_>| width(layer) * columns(layer, most) as f64;
        self.0.iter().map(width).sum()
    }

    /// Puts the nodes of high layers into several columns by turns, by the least length of each
    /// edge: dagre keeps long edges straight, so neighbours in one column would stand as far apart
    /// as before.
    pub(super) fn spread(&self, graph: &mut Graph<NodeLabel, EdgeLabel, GraphLabel>) {
        let (mut low, mut high) = (0.0, self.0.iter().map(|it| height(it)).fold(0.0, f64::max));
        while high - low > GAP {
            let most = (low + high) / 2.0;
            if self.width(most) > ASPECT * most {
                low = most;
            } else {
                high = most;
            }
        }
        let mut column_of = FxHashMap::default();
        let mut first = 0;
        for layer in &self.0 {
            let columns = columns(layer, high);
            for (number, (name, _)) in layer.iter().enumerate() {
                column_of.insert(name.as_str(), first + number % columns);
            }
            first += columns;
        }
        for key in graph.edge_keys() {
            let ends = (column_of.get(key.v.as_str()), column_of.get(key.w.as_str()));
            if let (Some(from), Some(to)) = ends
                && let Some(label) = graph.edge_mut_by_key(&key)
            {
                // Either way round: dagre turns some edges of a circle.
                label.minlen = from.abs_diff(*to).max(1);
            }
        }
    }
}

fn height(layer: &[(String, Rectangle)]) -> f64 {
    layer.iter().map(|(_, place)| place.height + GAP).sum()
}

fn width(layer: &[(String, Rectangle)]) -> f64 {
    let widths = layer.iter().map(|(_, place)| place.width);
    widths.fold(0.0, f64::max) + LAYER_GAP
}

/// How many columns no higher than `most` a layer takes.
fn columns(layer: &[(String, Rectangle)], most: f64) -> usize {
    let columns = (height(layer) / most.max(1.0)).ceil() as usize;
    columns.clamp(1, layer.len().max(1))
}

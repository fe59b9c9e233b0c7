//! The graph of the files and its circles (Tarjan's strongly connected components, 1972).

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

/// Files of a crate, and which items of a file another one imports.
#[derive(Default)]
pub(crate) struct Graph {
    files: Vec<String>,
    edges: BTreeMap<usize, BTreeMap<usize, BTreeSet<String>>>,
}

/// Files that import from each other, round one or more circles.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Circle {
    /// All of them.
    pub(crate) files: Vec<String>,
    /// A shortest circle: a file, and what it imports from the next.
    path: Vec<(String, Vec<String>)>,
}

impl Graph {
    pub(crate) fn new(files: Vec<String>) -> Self {
        Self {
            files,
            edges: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, from: usize, to: usize, item: &str) {
        if from != to {
            let items = self.edges.entry(from).or_default().entry(to).or_default();
            items.insert(item.to_owned());
        }
    }

    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// Each import: the file, the file imported from, the items.
    pub(crate) fn imports(&self) -> impl Iterator<Item = (&str, &str, &BTreeSet<String>)> {
        self.edges.iter().flat_map(|(from, targets)| {
            targets.iter().map(|(to, items)| {
                let name = |file: &usize| self.files[*file].as_str();
                (name(from), name(to), items)
            })
        })
    }

    fn targets(&self, file: usize) -> impl Iterator<Item = usize> {
        self.edges
            .get(&file)
            .into_iter()
            .flat_map(|targets| targets.keys().copied())
    }

    pub(crate) fn circles(&self) -> Vec<Circle> {
        let mut search = Search::new(self);
        for file in 0..self.files.len() {
            if search.order[file].is_none() {
                search.enter(file);
            }
        }
        let components = search.components.into_iter();
        components
            .filter(|component| component.len() > 1)
            .map(|component| self.circle(component))
            .collect()
    }

    fn circle(&self, mut component: Vec<usize>) -> Circle {
        component.sort_by_key(|file| &self.files[*file]);
        let shortest = component
            .iter()
            .filter_map(|start| self.way_back(*start, &component))
            .min_by_key(Vec::len)
            .unwrap_or_default();
        let path = (0..shortest.len()).map(|at| {
            let (from, to) = (shortest[at], shortest[(at + 1) % shortest.len()]);
            let items = self.edges[&from][&to].iter().cloned().collect();
            (self.files[from].clone(), items)
        });
        let files = component.iter().map(|file| self.files[*file].clone());
        Circle {
            path: path.collect(),
            files: files.collect(),
        }
    }

    /// The shortest path from a file back to itself, its end left out.
    fn way_back(&self, start: usize, component: &[usize]) -> Option<Vec<usize>> {
        let mut before = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(file) = queue.pop_front() {
            for next in self.targets(file).filter(|next| component.contains(next)) {
                if next == start {
                    let mut path = vec![file];
                    while let Some(earlier) = before.get(&path[path.len() - 1]) {
                        path.push(*earlier);
                    }
                    path.reverse();
                    return Some(path);
                }
                before.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    file
                });
            }
        }
        None
    }
}

/// `a.rs -> b.rs (Item, Item) -> a.rs (Item)`, and all files where there are more.
impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut imported: Option<&[String]> = None;
        for (file, items) in self.path.iter().chain(self.path.first()) {
            match imported {
                None => write!(f, "{file}")?,
                Some(items) => write!(f, " -> {file} ({})", items.join(", "))?,
            }
            imported = Some(items);
        }
        if self.files.len() > self.path.len() {
            let (count, files) = (self.files.len(), self.files.join(", "));
            write!(f, "; {count} files import from each other so: {files}")?;
        }
        Ok(())
    }
}

/// State of Tarjan's search.
struct Search<'a> {
    graph: &'a Graph,
    order: Vec<Option<usize>>,
    lowest: Vec<usize>,
    on_stack: Vec<bool>,
    stack: Vec<usize>,
    count: usize,
    components: Vec<Vec<usize>>,
}

impl<'a> Search<'a> {
    fn new(graph: &'a Graph) -> Self {
        let files = graph.files.len();
        Self {
            graph,
            order: vec![None; files],
            lowest: vec![0; files],
            on_stack: vec![false; files],
            stack: Vec::new(),
            count: 0,
            components: Vec::new(),
        }
    }

    fn enter(&mut self, file: usize) {
        let order = self.count;
        self.count += 1;
        self.order[file] = Some(order);
        self.lowest[file] = order;
        self.stack.push(file);
        self.on_stack[file] = true;
        let graph = self.graph;
        for next in graph.targets(file) {
            match self.order[next] {
                None => {
                    self.enter(next);
                    self.lowest[file] = self.lowest[file].min(self.lowest[next]);
                }
                Some(order) if self.on_stack[next] => {
                    self.lowest[file] = self.lowest[file].min(order);
                }
                Some(_) => {}
            }
        }
        if self.lowest[file] == order {
            let mut component = Vec::new();
            while let Some(member) = self.stack.pop() {
                self.on_stack[member] = false;
                component.push(member);
                if member == file {
                    break;
                }
            }
            self.components.push(component);
        }
    }
}

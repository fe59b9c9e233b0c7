//! Trends over feature tiers: against the number of features and against their effective dimension.

use crate::{
    document::{Block, Line, Table},
    report::{
        differences::OVER_FEATURES,
        drawings::law::law as law_figure,
        laws::{Size, basis, describe, grouped, laws, left_out_note},
        phase::Phase,
        run::Run,
        trained::{Trained, spread},
    },
};

/// Trends over feature tiers, against their number and against their effective dimension.
pub(super) fn blocks(phase: &Phase<'_>) -> Vec<Block> {
    let (trained, left_out) = (&phase.trained, &phase.left_out);
    let groups = grouped(trained, |run| run.across_features());
    let mut items = Vec::new();
    let mut rows = Vec::new();
    let mut figures = Vec::new();
    let groups: Vec<(&String, &Vec<&Trained<'_>>)> = groups
        .iter()
        .filter(|(_, members)| members.len() > 1)
        .collect();
    let count = |trained: &Trained<'_>| trained.run()?.row.n_features;
    let effective = |trained: &Trained<'_>| trained.record()?.effective_dimension;
    for (key, members) in &groups {
        for member in *members {
            let n = count(member).map_or_else(|| "unknown".to_owned(), |n| n.to_string());
            let rank = effective(member)
                .map_or_else(|| "not recorded".to_owned(), |rank| format!("{rank:.2}"));
            let cells = [
                (*key).clone(),
                member.run().map_or("", Run::data).to_owned(),
                n,
                rank,
                spread(&member.losses),
                spread(&member.errors),
            ];
            rows.push(cells.into_iter().map(Line::from).collect());
        }
    }
    let sizes: [(&str, Size<'_>); 2] = [
        ("number of features", &|trained| {
            count(trained).map(|n| n as f64)
        }),
        ("effective dimension", &effective),
    ];
    let sets: Vec<&[&Trained<'_>]> = groups.iter().map(|(_, set)| set.as_slice()).collect();
    for (axis, size) in sizes {
        let found = laws(&sets, "feature tiers", &OVER_FEATURES, size);
        for ((key, members), laws) in groups.iter().zip(found) {
            let lost = left_out.iter().filter(|run| run.across_features() == **key);
            let lost = left_out_note(lost.count());
            let data = members.first().and_then(|member| member.run());
            let name = format!("{key} on {} against the {axis}", data.map_or("", Run::data));
            let mut line = Line::default().strong(&name).text(":");
            line = match laws {
                Ok(laws) => {
                    for (loss, law) in &laws {
                        line = describe(line, loss, law);
                        let id = format!("{key}_{}_{}", axis.replace(' ', "_"), loss.id);
                        figures.push(law_figure(&id, &name, axis, (loss, law), (phase, members)));
                    }
                    line.text(basis(members, &laws)).text(lost)
                }
                Err(no_law) => line.text(format!(" {no_law}{lost}")),
            };
            items.push(line);
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading(4, "Feature scaling".to_owned()),
        Block::Table(Table {
            id: format!("{}_features", phase.id()),
            caption: "Test losses by feature tier, mean ± sd over seeds (n). Effective dimension: entropy rank of the correlation matrix of the training samples (Roy & Vetterli 2007).".into(),
            header: ["Experiment", "Data set", "Features", "Effective dimension", "Test log-loss", "1 − AUC"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        }),
        Block::List(items),
    ];
    blocks.extend(figures.into_iter().map(Block::Figure));
    blocks
}

//! Which calls belong together: a task is a chain of calls, each of which came with the cursor
//! that an earlier one gave out.

use std::collections::HashMap;

use crate::record::Record;

/// The tasks among `records`: each the indices of its calls, in the order of `records`; together
/// they hold each record once. A call whose predecessor is not among them begins a task, and so
/// does one of a circle (which only digests that collide can make).
pub fn tasks(records: &[Record]) -> Vec<Vec<usize>> {
    let mut givers: HashMap<(&str, i64), Vec<usize>> = HashMap::new();
    for (index, record) in records.iter().enumerate() {
        if let Some(next) = record.next {
            givers.entry((&record.tool, next)).or_default().push(index);
        }
    }
    let parents: Vec<Option<usize>> = records
        .iter()
        .enumerate()
        .map(|(index, record)| predecessor(&givers, record, index))
        .collect();
    let roots = roots(&parents);
    let mut tasks: Vec<Vec<usize>> = Vec::new();
    let mut task_of_root = HashMap::new();
    for (index, root) in roots.into_iter().enumerate() {
        let task = *task_of_root.entry(root).or_insert(tasks.len());
        if task == tasks.len() {
            tasks.push(Vec::new());
        }
        tasks[task].push(index);
    }
    tasks
}

/// For each record, whether a call came with the cursor that it gave out.
pub fn followed(records: &[Record]) -> Vec<bool> {
    let followed: std::collections::HashSet<(&str, i64)> = records
        .iter()
        .filter_map(|record| Some((record.tool.as_str(), record.follows?)))
        .collect();
    records
        .iter()
        .map(|record| {
            record
                .next
                .is_some_and(|next| followed.contains(&(record.tool.as_str(), next)))
        })
        .collect()
}

/// Who gave out the cursor that a call came with: the last one before it, since the same question
/// asked again may give the same cursor; failing that the first one after it, since several
/// processes write and clocks go backwards.
fn predecessor(
    givers: &HashMap<(&str, i64), Vec<usize>>,
    record: &Record,
    index: usize,
) -> Option<usize> {
    let givers = givers.get(&(record.tool.as_str(), record.follows?))?;
    let later = givers.partition_point(|giver| *giver < index);
    let before = later.checked_sub(1).map(|at| givers[at]);
    before.or_else(|| {
        givers[later..]
            .iter()
            .copied()
            .find(|giver| *giver != index)
    })
}

/// The first call of the chain that each record belongs to.
fn roots(parents: &[Option<usize>]) -> Vec<usize> {
    let mut roots: Vec<Option<usize>> = vec![None; parents.len()];
    // which walk came past a record last
    let mut walks = vec![usize::MAX; parents.len()];
    let mut path = Vec::new();
    for start in 0..parents.len() {
        let mut at = start;
        let root = loop {
            if let Some(root) = roots[at] {
                break root;
            }
            if walks[at] == start {
                break at;
            }
            walks[at] = start;
            path.push(at);
            match parents[at] {
                Some(parent) => at = parent,
                None => break at,
            }
        };
        for passed in path.drain(..) {
            roots[passed] = Some(root);
        }
    }
    roots
        .into_iter()
        .enumerate()
        .map(|(index, root)| root.unwrap_or(index))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(tool: &str, follows: Option<i64>, next: Option<i64>) -> Record {
        Record {
            tool: tool.to_owned(),
            follows,
            next,
            cut: next.is_some(),
            ..Record::default()
        }
    }

    #[test]
    fn cursors_make_chains() {
        let records = [
            call("a", None, Some(1)),
            call("b", None, Some(1)),
            call("a", Some(1), Some(2)),
            call("a", None, None),
            call("a", Some(2), None),
            call("b", Some(9), None),
        ];
        assert_eq!(
            tasks(&records),
            [vec![0, 2, 4], vec![1], vec![3], vec![5]],
            "a cursor is of one tool; an unknown one begins a task"
        );
        assert_eq!(followed(&records), [true, false, true, false, false, false]);
    }

    #[test]
    fn the_same_question_twice_is_two_tasks() {
        let page = || [call("a", None, Some(1)), call("a", Some(1), None)];
        let records: Vec<_> = [page(), page()].into_iter().flatten().collect();
        assert_eq!(tasks(&records), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_page_read_twice_is_one_task() {
        let records = [
            call("a", None, Some(1)),
            call("a", Some(1), Some(2)),
            call("a", Some(1), Some(2)),
            call("a", Some(2), None),
        ];
        assert_eq!(tasks(&records), [vec![0, 1, 2, 3]]);
    }

    #[test]
    fn a_clock_that_went_backwards_and_circles_do_no_harm() {
        let records = [call("a", Some(1), None), call("a", None, Some(1))];
        assert_eq!(tasks(&records), [vec![0, 1]]);
        let circle = [
            call("a", Some(1), Some(2)),
            call("a", Some(2), Some(1)),
            call("a", Some(3), Some(3)),
        ];
        assert_eq!(tasks(&circle), [vec![0, 1], vec![2]]);
    }
}

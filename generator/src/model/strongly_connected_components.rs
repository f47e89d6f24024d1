//! Which things lead to themselves, by way of others.

/// For each node the number of its circle: two nodes have the same number where each leads to the other. `next` gives
/// the nodes that a node leads to. The time is proportional to the number of nodes and ways.
pub(crate) fn strongly_connected_components(count: usize, next: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    // Tarjan's algorithm, with a stack of its own: no chain is deeper than the thread's.
    const UNSEEN: usize = usize::MAX;
    let mut circle = vec![UNSEEN; count];
    let mut order = vec![UNSEEN; count];
    let mut lowest = vec![UNSEEN; count];
    let mut open = Vec::new();
    let (mut seen, mut found) = (0, 0);
    for root in 0..count {
        if order[root] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, Vec::new().into_iter())];
        order[root] = UNSEEN - 1;
        while let Some((node, ways)) = path.last_mut() {
            let node = *node;
            if order[node] == UNSEEN - 1 {
                (order[node], lowest[node]) = (seen, seen);
                seen += 1;
                open.push(node);
                *ways = next(node).into_iter();
            }
            match ways.next() {
                Some(to) if order[to] == UNSEEN => {
                    order[to] = UNSEEN - 1;
                    path.push((to, Vec::new().into_iter()));
                }
                // One whose circle is known is none of this circle.
                Some(to) if circle[to] == UNSEEN => lowest[node] = lowest[node].min(order[to]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((above, _)) = path.last() {
                        lowest[*above] = lowest[*above].min(lowest[node]);
                    }
                    if lowest[node] == order[node] {
                        while let Some(member) = open.pop() {
                            circle[member] = found;
                            if member == node {
                                break;
                            }
                        }
                        found += 1;
                    }
                }
            }
        }
    }
    circle
}

#[cfg(test)]
mod tests {
    use super::strongly_connected_components;

    #[test]
    fn nodes_that_lead_to_each_other_are_in_one_circle() {
        // 0 -> 1 -> 2 -> 0, 2 -> 3 -> 4 -> 3, 5 -> 5, 6 -> 0
        let ways = [vec![1], vec![2], vec![0, 3], vec![4], vec![3], vec![5], vec![0]];
        let found = strongly_connected_components(ways.len(), |node| ways[node].clone());
        assert_eq!(found[0], found[1]);
        assert_eq!(found[1], found[2]);
        assert_eq!(found[3], found[4]);
        let mut different = vec![found[0], found[3], found[5], found[6]];
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 4, "{found:?}");
    }
}

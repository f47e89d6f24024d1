//! Graph algorithms.

/// Returns the number of the strongly connected component of each node: two nodes have the same number if each is
/// reachable from the other.
///
/// Nodes are numbered from zero to `count`; `successors` returns the targets of a node's edges. The time is
/// proportional to the number of nodes and edges.
pub(crate) fn strongly_connected_components(count: usize, successors: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    // Tarjan's algorithm with an explicit stack, because a chain of nodes can be longer than the thread's stack.
    const UNVISITED: usize = usize::MAX;
    const SCHEDULED: usize = usize::MAX - 1;
    let mut component = vec![UNVISITED; count];
    let mut order = vec![UNVISITED; count];
    let mut lowest = vec![UNVISITED; count];
    let mut open = Vec::new();
    let (mut visited, mut components) = (0, 0);
    for root in 0..count {
        if order[root] != UNVISITED {
            continue;
        }
        let mut path = vec![(root, Vec::new().into_iter())];
        order[root] = SCHEDULED;
        while let Some((node, edges)) = path.last_mut() {
            let node = *node;
            if order[node] == SCHEDULED {
                (order[node], lowest[node]) = (visited, visited);
                visited += 1;
                open.push(node);
                *edges = successors(node).into_iter();
            }
            match edges.next() {
                Some(target) if order[target] == UNVISITED => {
                    order[target] = SCHEDULED;
                    path.push((target, Vec::new().into_iter()));
                }
                // A node that already has a component belongs to another one.
                Some(target) if component[target] == UNVISITED => lowest[node] = lowest[node].min(order[target]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        lowest[*parent] = lowest[*parent].min(lowest[node]);
                    }
                    if lowest[node] == order[node] {
                        while let Some(member) = open.pop() {
                            component[member] = components;
                            if member == node {
                                break;
                            }
                        }
                        components += 1;
                    }
                }
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::strongly_connected_components;

    #[test]
    fn mutually_reachable_nodes_share_a_component() {
        // 0 -> 1 -> 2 -> 0, 2 -> 3 -> 4 -> 3, 5 -> 5, 6 -> 0
        let edges = [vec![1], vec![2], vec![0, 3], vec![4], vec![3], vec![5], vec![0]];
        let component = strongly_connected_components(edges.len(), |node| edges[node].clone());
        assert_eq!(component[0], component[1]);
        assert_eq!(component[1], component[2]);
        assert_eq!(component[3], component[4]);
        let mut different = vec![component[0], component[3], component[5], component[6]];
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), 4, "{component:?}");
    }
}

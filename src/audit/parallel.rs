//! Several trials at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{AuditError, AuditSettings, MutantResult};
use crate::stub::{Mutant, Wire};

/// Threads for trials that mostly wait, for each one that computes.
const WAITING: usize = 8;

/// Tries all mutants; those that may withhold their answers beside the others, since they wait
/// more than they compute. The results are in the mutants' order.
pub(super) fn all_mutants(
    settings: &AuditSettings,
    mutants: &[Mutant],
    work: impl Fn(&Mutant) -> Result<MutantResult, AuditError> + Sync,
) -> Result<Vec<MutantResult>, AuditError> {
    let numbered = mutants.iter().enumerate();
    let (waiting, busy): (Vec<_>, Vec<_>) =
        numbered.partition(|(_, mutant)| mutant.needs == Some(Wire::Framing));
    let work = |(index, mutant): &(usize, &Mutant)| Ok((*index, work(mutant)?));
    let (waited, worked) = std::thread::scope(|scope| {
        let waited = scope.spawn(|| in_parallel(settings, settings.jobs * WAITING, &waiting, work));
        let worked = in_parallel(settings, settings.jobs, &busy, work);
        (waited.join(), worked)
    });
    let waited = waited.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let mut results: Vec<_> = waited.into_iter().chain(worked?).collect();
    results.sort_by_key(|(index, _)| *index);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Works on all items, several at once; the results are in the items' order. Items whose work was
/// interrupted have none.
pub(super) fn in_parallel<T: Sync, R: Send>(
    settings: &AuditSettings,
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Result<R, AuditError> + Sync,
) -> Result<Vec<R>, AuditError> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<R, AuditError>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while !settings.stop.is_stopped() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    let is_over = result.is_err();
                    if is_over || !settings.stop.is_stopped() {
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.push((index, result));
                    }
                    if is_over {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::in_parallel;
    use crate::audit::AuditSettings;

    #[test]
    fn results_come_in_the_items_order() {
        let settings = AuditSettings::default();
        let items: Vec<usize> = (0..50).collect();
        let results = in_parallel(&settings, 4, &items, |item| Ok(item * 2));
        assert_eq!(results.ok(), Some(items.iter().map(|item| item * 2).collect()));
    }

    #[test]
    fn what_is_interrupted_has_no_result() {
        let settings = AuditSettings::default();
        let stop = settings.stop.clone();
        let results = in_parallel(&settings, 1, &[1, 2, 3], |item| {
            if *item == 2 {
                stop.stop();
            }
            Ok(*item)
        });
        assert_eq!(results.ok(), Some(vec![1]));
    }
}

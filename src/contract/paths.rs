//! The path templates of a document, looked up by the paths that they stand for.

use std::collections::HashMap;

/// The path templates of a document.
///
/// A segment with a variable stands for any, whatever else it holds: where values end within a segment
/// is for each router to say.
#[derive(Clone, Debug)]
pub struct PathTemplates {
    /// Places in paths, each behind some segments; the first is in front of all.
    places: Vec<Place>,
}

/// What may follow at one place of a path: indices of places.
#[derive(Clone, Debug, Default)]
struct Place {
    /// The templates that end here.
    ends: Vec<String>,
    literal: HashMap<String, usize>,
    variable: Option<usize>,
}

impl PathTemplates {
    /// Whether some template stands for `path`.
    pub fn fit(&self, path: &str) -> bool {
        self.fitting(path).next().is_some()
    }

    /// Whether a template other than `own` stands for `path`.
    pub fn fit_beside(&self, own: &str, path: &str) -> bool {
        self.fitting(path).any(|template| template != own)
    }

    fn fitting(&self, path: &str) -> impl Iterator<Item = &String> {
        let mut reached = vec![0];
        for segment in path.split('/') {
            let ways = reached.iter().flat_map(|place| {
                let Place { literal, variable, .. } = &self.places[*place];
                literal.get(segment).into_iter().chain(variable).copied()
            });
            reached = ways.collect();
        }
        reached.into_iter().flat_map(|place| &self.places[place].ends)
    }
}

impl FromIterator<String> for PathTemplates {
    fn from_iter<T: IntoIterator<Item = String>>(templates: T) -> Self {
        let mut places = vec![Place::default()];
        for template in templates {
            let mut here = 0;
            for segment in template.split('/') {
                let next = places.len();
                let place = &mut places[here];
                here = if segment.contains('{') {
                    *place.variable.get_or_insert(next)
                } else {
                    *place.literal.entry(segment.to_owned()).or_insert(next)
                };
                if here == next {
                    places.push(Place::default());
                }
            }
            places[here].ends.push(template);
        }
        Self { places }
    }
}

#[cfg(test)]
mod tests {
    use super::PathTemplates;

    fn templates() -> PathTemplates {
        let all = ["/a/{id}", "/a/b", "/a/{id}/c", "/{x}/{y}/d", "/files/{name}.json", "/"];
        all.map(str::to_owned).into_iter().collect()
    }

    #[test]
    fn a_path_fits_where_each_segment_does() {
        for fits in ["/a/7", "/a/b", "/a//c", "/a/b/d", "/files/x.json", "/files/x", "/"] {
            assert!(templates().fit(fits), "{fits}");
        }
        for misses in ["", "a/b", "/a", "/A/b", "/a/b/e", "/a/b/c/d", "/files/x.json/"] {
            assert!(!templates().fit(misses), "{misses}");
        }
    }

    #[test]
    fn a_template_of_ones_own_leads_nowhere_else() {
        assert!(!templates().fit_beside("/a/{id}", "/a/7"));
        assert!(templates().fit_beside("/a/{id}", "/a/b"));
        // Behind a literal segment that leads nowhere there may be a variable one that does.
        assert!(templates().fit_beside("/a/{id}/c", "/a/7/d"));
    }
}

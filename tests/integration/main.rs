//! Fencepost's behaviour as its users see it, one file a topic.
mod labels;
mod proof;
mod random_schemas;

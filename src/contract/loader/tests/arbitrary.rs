//! Nothing makes the loader panic.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::contract::Contract;

const KOOPHONE: &str = include_str!("../../../../contracts/koophone.yaml");

/// What a change may put into a document.
const PIECES: [&str; 24] = [
    "",
    " ",
    "\n",
    "  ",
    ":",
    "-",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "null",
    "\"",
    "'",
    "0",
    "-1",
    "1e999",
    "true",
    "&a ",
    "*a",
    "$ref",
    "#/components/schemas/PrepareRequest",
    "é\u{0}",
    "x-fencepost: 1\n",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Contract::from_bytes("any", &bytes).map_err(|error| error.to_string());
    }

    #[test]
    fn a_changed_document_is_read_or_refused(
        changes in prop::collection::vec((any::<Index>(), 0..12_usize, 0..PIECES.len()), 1..5),
    ) {
        let mut text = KOOPHONE.to_owned();
        for (place, length, piece) in changes {
            let places: Vec<usize> = text.char_indices().map(|(place, _)| place).collect();
            let start = *place.get(&places);
            let rest = text[start..].char_indices().map(|(place, _)| start + place);
            let end = rest.take(length + 1).last().unwrap_or(start);
            text.replace_range(start..end, PIECES[piece]);
        }
        let _ = Contract::parse("any.yaml", &text).map_err(|error| error.to_string());
    }

    #[test]
    fn a_document_whose_values_changed_places_is_read_or_refused(
        from in any::<Index>(),
        to in any::<Index>(),
    ) {
        let mut document: serde_json::Value = serde_saphyr::from_str(KOOPHONE).expect("is YAML");
        let mut pointers = Vec::new();
        collect(&document, String::new(), &mut pointers);
        let value = document.pointer(from.get::<String>(&pointers)).expect("exists").clone();
        *document.pointer_mut(to.get::<String>(&pointers)).expect("exists") = value;
        let _ = Contract::parse("any.json", &document.to_string()).map_err(|e| e.to_string());
    }
}

fn collect(value: &serde_json::Value, pointer: String, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                collect(entry, format!("{pointer}/{index}"), found);
            }
        }
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let token = name.replace('~', "~0").replace('/', "~1");
                collect(member, format!("{pointer}/{token}"), found);
            }
        }
        _ => {}
    }
    found.push(pointer);
}

#[test]
fn schemas_that_branch_without_end_are_read_in_a_moment() {
    let mut text = "openapi: 3.1.0\npaths: {/a: {post: {requestBody: {content: {application/json: \
                    {schema: {$ref: '#/components/schemas/S0'}}}}, responses: {'200': {content: \
                    {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}}}}}\n\
                    components:\n  schemas:\n"
        .to_owned();
    text.extend((0..40).map(|level| {
        let next = format!("{{$ref: '#/components/schemas/S{}'}}", level + 1);
        format!("    S{level}: {{type: object, properties: {{a: {next}, b: {next}, c: {next}}}}}\n")
    }));
    text += "    S40: {type: string}\n";
    let contract = Contract::parse("wide.yaml", &text).expect("loads");
    assert!(contract.operations[0].rules.len() < 10_000);
}

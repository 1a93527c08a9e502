//! The literal requests.

use serde_json::{Value, json};

/// What the page says of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Accepted, with these ids answered.
    Accepted(Vec<String>),
    /// Accepted, or something in it doesn't exist.
    Legal(Vec<String>),
    /// Refused as a bad parameter.
    BadParameter,
    /// Refused as a bad parameter, or because something in it doesn't exist.
    BadOrUnknown,
    /// Refused in whatever way.
    Denied,
    /// Any defined answer.
    Open,
}

/// A request with what is expected of its answer.
pub(crate) struct Probe {
    /// What it is.
    pub(crate) name: String,
    /// The whole request on the wire.
    pub(crate) bytes: Vec<u8>,
    /// What the page says of the answer.
    pub(crate) expected: Expected,
}

const USER: &str = "1008600000104285462";
const IDS: [&str; 3] = ["iRJEVP96", "a44uhlf7", "efjy72gs"];

struct Suite<'t> {
    token: &'t str,
    probes: Vec<Probe>,
}

/// Every request, in an order that lets servers with a memory show themselves.
pub(crate) fn probes(token: &str) -> Vec<Probe> {
    let mut suite = Suite { token, probes: Vec::new() };
    suite.legal();
    suite.limits();
    suite.combined();
    suite.types();
    suite.malformed();
    suite.awkward();
    suite.headers();
    suite.access();
    suite.probes
}

fn body(user_id: impl Into<Value>, ids: impl Into<Value>) -> Value {
    json!({"user_id": user_id.into(), "instance_ids": ids.into()})
}

fn known(count: usize) -> Vec<&'static str> {
    IDS.iter().copied().cycle().take(count).collect()
}

fn distinct(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("phone{n:03}")).collect()
}

fn owned(ids: &[impl ToString]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

impl Suite<'_> {
    fn raw(&mut self, name: &str, line: &str, headers: &[String], body: &[u8], expected: Expected) {
        let head = format!(
            "{line} HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n{}\r\nContent-Length: {}\r\n\r\n",
            headers.join("\r\n"),
            body.len()
        );
        let bytes = [head.as_bytes(), body].concat();
        self.probes.push(Probe { name: name.to_owned(), bytes, expected });
    }

    fn bytes(&mut self, name: &str, body: &[u8], expected: Expected) {
        let headers = ["Content-Type: application/json".into(), self.token_header()];
        self.raw(name, "POST /v1/instances/prepare", &headers, body, expected);
    }

    fn json(&mut self, name: &str, body: &Value, expected: Expected) {
        self.bytes(name, body.to_string().as_bytes(), expected);
    }

    fn token_header(&self) -> String {
        format!("X-Auth-Token: {}", self.token)
    }

    fn accepted(&mut self, name: &str, ids: &[&str]) {
        self.json(name, &body(USER, ids.to_vec()), Expected::Accepted(owned(ids)));
    }

    fn legal(&mut self) {
        self.accepted("one known id", &IDS[..1]);
        self.accepted("one known id again", &IDS[..1]);
        self.accepted("an id twice", &[IDS[0], IDS[0]]);
        self.accepted("three known ids", &IDS);
        self.accepted("100 known entries", &known(100));
        for user in ["Plain0user", "好", "好好好好", "é", "😀"] {
            let expected = Expected::Legal(owned(&IDS[..1]));
            self.json(&format!("user {user}"), &body(user, vec![IDS[0]]), expected);
        }
        for quoted in ["O'Brien", "a\"b"] {
            let value = body(quoted, vec![quoted]);
            self.json(&format!("user and id {quoted}"), &value, Expected::Open);
        }
        for id in ["phone", "好好好好", "AbCdEfGhIjKlMnOpQrStUvWx"] {
            let expected = Expected::Legal(owned(&[id]));
            self.json(&format!("id {id}"), &body(USER, vec![id]), expected);
        }
        for count in [11, 51, 99, 100] {
            let ids = distinct(count);
            let expected = Expected::Legal(ids.clone());
            self.json(&format!("{count} distinct ids"), &body(USER, ids), expected);
        }
    }

    fn limits(&mut self) {
        for text in ["a", "7", "好", "ж"] {
            let full = text.repeat(32);
            let legal = Expected::Legal(owned(&IDS[..1]));
            self.json(&format!("user of 32 {text}"), &body(full.as_str(), vec![IDS[0]]), legal);
            let legal = Expected::Legal(owned(&[&full]));
            self.json(&format!("id of 32 {text}"), &body(USER, vec![full]), legal);
            for count in [33, 65, 200] {
                let (over, bad) = (text.repeat(count), Expected::BadOrUnknown);
                let value = body(over.as_str(), vec![IDS[0]]);
                self.json(&format!("user of {count} {text}"), &value, bad.clone());
                self.json(&format!("id of {count} {text}"), &body(USER, vec![over]), bad);
            }
        }
        let blanks = format!("{:33}", "a");
        self.json("user of 33 with blanks", &body(&*blanks, vec![IDS[0]]), Expected::BadOrUnknown);
        self.json("id of 33 with blanks", &body(USER, vec![blanks]), Expected::BadOrUnknown);
        let long = "x".repeat(33);
        for place in [0, 1, 50, 98, 99] {
            let mut ids = owned(&known(100));
            ids[place].clone_from(&long);
            let name = format!("entry {place} of 100 too long");
            self.json(&name, &body(USER, ids), Expected::BadOrUnknown);
        }
        for count in [101, 102, 128, 200, 356] {
            let value = body(USER, known(count));
            // Equal entries may be merged before they are counted.
            self.json(&format!("{count} known entries"), &value, Expected::Open);
            let value = body(USER, distinct(count));
            self.json(&format!("{count} distinct entries"), &value, Expected::BadOrUnknown);
        }
    }

    /// What shows only where several things come together.
    fn combined(&mut self) {
        let long = "x".repeat(33);
        let value = body(&*long, known(100));
        self.json("user of 33 beside 100 entries", &value, Expected::BadOrUnknown);
        for count in [2, 100] {
            let mut ids = owned(&known(count));
            ids[count - 1] = "好".repeat(32);
            let legal = Expected::Legal(ids.clone());
            self.json(&format!("entry {count} of 32 好"), &body(USER, ids), legal);
        }
        let wide: Vec<_> = (0..100).map(|n| format!("{}{n:02}", "好".repeat(30))).collect();
        self.json("100 wide entries", &body(USER, wide.clone()), Expected::Legal(wide));
        for ids in [&["8417093526"][..], &[" ab"], &["ab "], &["phone", "PHONE"]] {
            let legal = Expected::Legal(owned(ids));
            self.json(&format!("ids {ids:?}"), &body(USER, ids.to_vec()), legal);
        }
        let slash = body(USER, vec!["a/b"]).to_string().replace('/', "\\/");
        self.bytes("an escaped slash", slash.as_bytes(), Expected::Legal(owned(&["a/b"])));
        let over = body(&*long, vec![IDS[0]]);
        let pretty = serde_json::to_string_pretty(&over).expect("is written");
        self.bytes("user of 33 spaced", pretty.as_bytes(), Expected::BadOrUnknown);
        let escaped = over.to_string().replace('x', "\\u0078");
        self.bytes("user of 33 escaped", escaped.as_bytes(), Expected::BadOrUnknown);
        let (json, token) = ("Content-Type: application/json", self.token_header());
        for headers in [
            [format!("{json};charset=utf-8"), token.clone(), "Accept: */*".into()],
            [json.into(), token.clone(), "X-Fencepost: 1".into()],
            [
                json.to_lowercase(),
                token.replace("X-Auth-Token", "x-auth-token"),
                "accept: */*".into(),
            ],
        ] {
            let (line, text) = ("POST /v1/instances/prepare", over.to_string());
            self.raw("user of 33", line, &headers, text.as_bytes(), Expected::BadOrUnknown);
        }
    }

    fn types(&mut self) {
        let bad = Expected::BadParameter;
        self.json("no user", &json!({"instance_ids": [IDS[0]]}), bad.clone());
        self.json("no list", &json!({"user_id": USER}), bad.clone());
        self.json("no members", &json!({}), bad.clone());
        for wrong in [Value::Null, json!(5), json!(true), json!([USER]), json!({"id": USER})] {
            self.json(&format!("user {wrong}"), &body(wrong.clone(), vec![IDS[0]]), bad.clone());
            let ids = json!([IDS[0], wrong, IDS[1]]);
            self.json(&format!("entry {wrong}"), &body(USER, ids), bad.clone());
        }
        for wrong in [Value::Null, json!(5), json!(IDS[0]), json!({"0": IDS[0]})] {
            self.json(&format!("list {wrong}"), &body(USER, wrong.clone()), bad.clone());
        }
        for wrong in ["null", "5", "\"text\"", "true", "[]"] {
            self.bytes(&format!("body {wrong}"), wrong.as_bytes(), bad.clone());
        }
    }

    fn malformed(&mut self) {
        let bad = Expected::BadParameter;
        let good = body(USER, vec![IDS[0]]).to_string();
        self.bytes("no body", b"", bad.clone());
        self.bytes("truncated", &good.as_bytes()[..good.len() - 1], bad.clone());
        self.bytes("no brackets", &good.as_bytes()[..good.len() - 2], bad.clone());
        self.bytes("cut in half", &good.as_bytes()[..good.len() / 2], bad.clone());
        self.bytes("trailing comma", good.replace('}', ",}").as_bytes(), bad.clone());
        self.bytes("trailing comma in the list", good.replace(']', ",]").as_bytes(), bad.clone());
        self.bytes("unquoted", good.replace('"', "").as_bytes(), bad);
        let twice = good.replace('{', &format!("{{\"user_id\":\"{USER}\","));
        let long = twice.replacen(&format!("{USER}\",\"inst"), &format!("{:x<33}\",\"inst", ""), 1);
        self.bytes("a member twice, the last too long", long.as_bytes(), Expected::BadOrUnknown);
    }

    fn awkward(&mut self) {
        for (name, user) in [("NUL", "a\\u0000b"), ("a lone surrogate", "a\\ud800b")] {
            let text = format!("{{\"user_id\":\"{user}\",\"instance_ids\":[\"{}\"]}}", IDS[0]);
            self.bytes(name, text.as_bytes(), Expected::Open);
        }
        let good = body(USER, vec![IDS[0]]).to_string();
        let with = |extra: &str| good.replacen('{', &format!("{{\"extra\":{extra},"), 1);
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        self.bytes("deep nesting", with(&deep).as_bytes(), Expected::Open);
        self.bytes("a huge number", with("1e400").as_bytes(), Expected::Open);
        self.bytes("an unknown member", with("1").as_bytes(), Expected::Open);
        self.bytes("bytes behind", format!("{good}x").as_bytes(), Expected::Open);
        self.bytes("a byte-order mark", format!("\u{feff}{good}").as_bytes(), Expected::Open);
        self.bytes("invalid UTF-8", &good.replace(IDS[0], "\u{1}").into_bytes(), Expected::Open);
        self.json("an empty list", &body(USER, json!([])), Expected::Open);
        self.json("an empty text", &body("", vec![""]), Expected::Open);
    }

    fn headers(&mut self) {
        let fine = Expected::Accepted(owned(&IDS[..1]));
        let good = body(USER, vec![IDS[0]]);
        let ids = &good["instance_ids"];
        let spellings = [
            ("spaced", serde_json::to_string_pretty(&good).expect("is written")),
            ("reversed", format!("{{\"instance_ids\":{ids},\"user_id\":\"{USER}\"}}")),
            ("escaped", good.to_string().replace("iRJ", "\\u0069RJ")),
        ];
        for (name, text) in spellings {
            self.bytes(name, text.as_bytes(), fine.clone());
        }
        let json = "Content-Type: application/json".to_owned();
        let token = self.token_header();
        let line = "POST /v1/instances/prepare";
        let text = good.to_string();
        for (name, headers) in [
            ("charset", [format!("{json};charset=utf-8"), token.clone(), "Accept: */*".into()]),
            ("unknown header", [json.clone(), token.clone(), "X-Probe: 1".into()]),
            (
                "lower case",
                [
                    json.to_lowercase(),
                    token.replace("X-Auth-Token", "x-auth-token"),
                    "accept: */*".into(),
                ],
            ),
        ] {
            self.raw(name, line, &headers, text.as_bytes(), fine.clone());
        }
    }

    fn access(&mut self) {
        let json = "Content-Type: application/json".to_owned();
        let text = body(USER, vec![IDS[0]]).to_string();
        let line = "POST /v1/instances/prepare";
        let token = self.token;
        let swapped: String = token
            .chars()
            .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        let wrong: String = token.chars().rev().collect();
        let other_end = format!("{}~~~~", &token[..token.len() - 4]);
        for (name, value) in [
            ("empty", ""),
            ("blank", "   "),
            ("wrong", "nobody-knows-this-one"),
            ("reversed", &*wrong),
            ("swapped", &*swapped),
            ("cut", &token[..token.len().div_ceil(2)]),
            ("cut in front", &token[token.len() / 2..]),
            ("with another end", &*other_end),
            ("null", "null"),
        ] {
            let headers = [json.clone(), format!("X-Auth-Token: {value}")];
            self.raw(&format!("token {name}"), line, &headers, text.as_bytes(), Expected::Denied);
        }
        self.raw(
            "token missing",
            line,
            std::slice::from_ref(&json),
            text.as_bytes(),
            Expected::Denied,
        );
        let query = format!("{line}?X-Auth-Token={token}");
        self.raw(
            "token in the query",
            &query,
            std::slice::from_ref(&json),
            text.as_bytes(),
            Expected::Denied,
        );
        let headers = [json, self.token_header()];
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let line = format!("{method} /v1/instances/prepare");
            self.raw(method, &line, &headers, text.as_bytes(), Expected::Denied);
        }
        for path in ["/v1/instances/prepared", "/v2/instances/prepare", "/v1/instances"] {
            self.raw(path, &format!("POST {path}"), &headers, text.as_bytes(), Expected::Denied);
        }
        self.accepted("one known id at the end", &IDS[..1]);
    }
}

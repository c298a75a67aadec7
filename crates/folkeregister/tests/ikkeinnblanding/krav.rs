//! The list of requirements in the harness's documentation names tests that exist.

const LISTE: &str = include_str!("../../../ikkeinnblanding/krav.md");

/// Sources in which the named tests stand.
const KILDER: [&str; 13] = [
    include_str!("egenskaper.rs"),
    include_str!("kontroll.rs"),
    include_str!("matrise.rs"),
    include_str!("tid.rs"),
    include_str!("uttrekk.rs"),
    include_str!("vern.rs"),
    include_str!("../konsument.rs"),
    include_str!("../../../register/tests/it/vern.rs"),
    include_str!("../../../register/tests/it/doedsbo.rs"),
    include_str!("../../../helsekopi/src/personid.rs"),
    include_str!("../../../persontjenesten/tests/it/ikkeinnblanding/mod.rs"),
    include_str!("../../../tjenesteflate/src/vern/tests.rs"),
    include_str!("../../../tjenesteflate/tests/logg.rs"),
];

#[test]
fn every_requirement_is_in_the_list_and_every_test_named_there_exists() {
    for nr in 1..=21 {
        let rad = LISTE.lines().find(|l| l.starts_with(&format!("| NI-{nr} |")));
        let rad = rad.unwrap_or_else(|| panic!("NI-{nr} mangler"));
        let navn: Vec<&str> = rad.split('`').skip(1).step_by(2).collect();
        assert!(
            !navn.is_empty() || rad.contains("not built"),
            "NI-{nr} har verken test eller grunn"
        );
        for navn in navn {
            let finnes = KILDER.iter().any(|kilde| kilde.contains(&format!("fn {navn}(")));
            assert!(finnes, "NI-{nr}: det finnes ingen test som heter {navn}");
        }
    }
}

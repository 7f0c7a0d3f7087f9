//! Where a variable of the repository names another gist than the checkout.

use crate::traffic::on;
use crate::traffic_stage::{collect, running, verdict};

#[test]
fn a_variable_that_names_another_gist_is_set_as_verify_says() {
    let (env, fake) = running();
    collect(&env, &fake);
    let ours = fake.world(|world| {
        let badge = world.gists.iter().find(|(_, gist)| gist.public);
        let (ours, gist) = badge.map(|(id, gist)| (id.clone(), gist.clone())).unwrap();
        let other = world.add_gist("an older one", true, &[], jiff::Timestamp::now());
        world.gists.get_mut(&other).unwrap().files = gist.files;
        let variables = &mut world.repo("acme/widget").variables;
        variables.insert("TRAFFIC_GIST_ID".to_owned(), other);
        ours
    });
    let ran = on(&env, &fake, &["traffic", "verify"]);
    assert_eq!(ran.code, 8, "{}", ran.shown());
    let told = "`piton traffic verify --fix --force` sets it to the gist";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
    // Without it nobody guesses, and what is advised is there.
    let ran = on(&env, &fake, &["traffic", "verify", "--fix"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let told = "`piton traffic create --badge-gist ID` says which";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    let ran = on(&env, &fake, &["traffic", "verify", "--fix", "--force"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let set = fake.world(|world| {
        let repository = world.repo("acme/widget");
        repository.variables["TRAFFIC_GIST_ID"].clone()
    });
    assert_eq!(set, ours);
    let ran = on(&env, &fake, &["traffic", "verify", "--json"]);
    assert_eq!(verdict(&ran, "variable:check:TRAFFIC_GIST_ID"), "ok ");
}

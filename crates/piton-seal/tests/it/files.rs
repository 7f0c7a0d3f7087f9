//! What a sealed program can do to files.

use std::fs;

use crate::sealed::home;

#[test]
fn it_writes_its_slot_and_the_devices_and_nothing_else() {
    let Some(home) = home() else { return };
    home.works("echo x >a && mkdir b && mv a b/a && ln b/a c && ln -s c d && rm c && : >b/a");
    home.works("echo x >/dev/null && echo x >/dev/shm/piton-seal-$$ && rm /dev/shm/piton-seal-$$");
    for line in [
        "echo x >../code/a",
        "echo x >>../code/a",
        "echo x >../new",
        "mkdir ../new",
        "rm ../code/a",
        "rmdir ../code",
        "mv ../code/a ../code/b",
        "mv ../code/a .",
        "mv ../code ../code2",
        "echo x >mine && mv mine ../code/a",
        "ln -s x ../link",
        "ln ../code/a ours",
        "truncate -s 0 ../code/a",
        "mkfifo ../pipe",
        "mknod disk b 7 0",
    ] {
        home.denied(line);
    }
    assert_eq!(fs::read_to_string(home.path("code/a")).unwrap(), "code/a");
    assert_eq!(fs::read_dir(home.path("")).unwrap().count(), 5);
}

#[test]
fn it_reads_what_is_no_credential_store() {
    let Some(home) = home() else { return };
    assert_eq!(
        home.works("cat ../code/a ../.config/nvim/init"),
        "code/a.config/nvim/init"
    );
    home.works("ls .. >/dev/null && git --version");
    for line in [
        "cat ../.ssh/id",
        "cat ../.netrc",
        "cat ../.config/gh/hosts.yml",
    ] {
        home.denied(line);
    }
}

#[test]
fn a_store_stays_shut_by_any_way_round() {
    let Some(home) = home() else { return };
    std::os::unix::fs::symlink(home.path(".ssh"), home.path("code/way")).unwrap();
    for line in [
        "cat ../code/way/id",
        "ln -s ../.ssh/id id && cat id",
        "ln ../.ssh/id hard",
        "mv ../.ssh ./moved",
        "cp /proc/$$/root$(cd .. && pwd -P)/.netrc n && cat n",
        "cd ../.ssh && cat id",
    ] {
        home.denied(line);
    }
}

#[test]
fn a_store_that_was_asked_for_can_be_read_and_not_written() {
    let Some(mut home) = home() else { return };
    home.request.read = vec![home.path(".config/gh")];
    assert_eq!(
        home.works("cat ../.config/gh/hosts.yml"),
        ".config/gh/hosts.yml"
    );
    home.denied("echo x >../.config/gh/hosts.yml");
    home.denied("cat ../.netrc");
}

#[test]
fn a_state_directory_is_written_when_it_is_there() {
    let Some(mut home) = home() else { return };
    home.request.write_if_there = vec![home.path(".agent"), home.path(".config/nvim")];
    home.works("echo x >../.config/nvim/state");
    home.denied("mkdir ../.agent");
}

#[test]
fn what_appears_in_the_home_directory_afterwards_cannot_be_read() {
    let Some(home) = home() else { return };
    let make = "while ! cat ../late 2>/dev/null; do [ -e ../late ] && break; done; cat ../late";
    let late = home.path("late");
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| home.run(make));
        fs::write(&late, "secret").unwrap();
        run.join().unwrap()
    });
    // Where the file came before the rules were made, it was granted with them.
    let read = String::from_utf8_lossy(&output.stdout);
    assert!(read.is_empty() || read.contains("secret"), "{read}");
}

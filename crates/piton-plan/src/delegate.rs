//! Sums of families: an operation, and a world, made of several.

/// Declares a family: the enum of its operations, which is an operation itself,
/// what looking shows of each, and the two halves of its world, which take them
/// all.
///
/// ```
/// # use piton_plan::files::{FileOp, FilePerformer, FileWorld};
/// # use serde::{Deserialize, Serialize};
/// piton_plan::family! {
///     /// One operation on files.
///     #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
///     #[serde(rename_all = "kebab-case")]
///     enum Op, Seen for FileWorld<'_>, FilePerformer<'_> {
///         File(FileOp),
///     }
/// }
/// ```
#[macro_export]
macro_rules! family {
    (
        $(#[$attribute:meta])*
        $see:vis enum $op:ident, $seen:ident for $world:ty, $performer:ty {
            $($(#[$about:meta])* $variant:ident($one:ty)),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $see enum $op {
            $($(#[$about])* $variant($one),)+
        }
        $crate::delegate_operation!($see enum $seen for $op: $($variant($one)),+);
        $crate::delegate_world!(Observe<$op> for $world, $seen: $($variant),+);
        $crate::delegate_world!(Perform<$op> for $performer, $seen: $($variant),+);
    };
}

/// Makes an enum of families an operation itself: every question goes to the
/// family at hand, and each family converts into the enum. The second enum,
/// which it declares, holds what looking showed of whichever family.
///
/// ```
/// # use piton_plan::files::FileOp;
/// # use serde::{Deserialize, Serialize};
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Op {
///     File(FileOp),
/// }
/// piton_plan::delegate_operation!(enum Seen for Op: File(FileOp));
/// ```
#[macro_export]
macro_rules! delegate_operation {
    ($see:vis enum $seen:ident for $op:ident: $($variant:ident($family:ty)),+ $(,)?) => {
        /// What looking at the world showed, of whichever family.
        #[derive(Debug)]
        $see enum $seen {
            $($variant(<$family as $crate::Operation>::Seen),)+
        }
        impl $crate::Operation for $op {
            type Seen = $seen;
            fn key(&self) -> $crate::Key<'_> {
                match self { $(Self::$variant(one) => $crate::Operation::key(one),)+ }
            }
            fn describe(&self) -> $crate::Description<'_> {
                match self { $(Self::$variant(one) => $crate::Operation::describe(one),)+ }
            }
            fn uses(&self) -> ::std::vec::Vec<&$crate::OutputRef> {
                match self { $(Self::$variant(one) => $crate::Operation::uses(one),)+ }
            }
            fn produces(&self) -> &'static [&'static str] {
                match self { $(Self::$variant(one) => $crate::Operation::produces(one),)+ }
            }
            fn conflict(&self) -> ::std::option::Option<$crate::ConflictMode> {
                match self { $(Self::$variant(one) => $crate::Operation::conflict(one),)+ }
            }
            fn destructive(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::destructive(one),)+ }
            }
            fn leaves_a_trace(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::leaves_a_trace(one),)+ }
            }
        }
        $(impl ::std::convert::From<$family> for $op {
            fn from(one: $family) -> Self {
                Self::$variant(one)
            }
        })+
    };
}

/// Makes a world of several: each family's half is got from a method, which
/// returns it or says why it is not there. Where no method is named, the world
/// is the half of each itself.
///
/// ```
/// # use std::path::Path;
/// # use piton_plan::{Failure, files::{FileOp, FileWorld}};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// # enum Op { File(FileOp) }
/// # piton_plan::delegate_operation!(enum Seen for Op: File(FileOp));
/// struct Reading<'a> {
///     disk: &'a dyn piton_durable::DiskRead,
///     root: &'a Path,
/// }
/// impl Reading<'_> {
///     fn files(&self) -> Result<FileWorld<'_>, Failure> {
///         Ok(FileWorld { disk: self.disk, root: Some(self.root) })
///     }
/// }
/// piton_plan::delegate_world!(Observe<Op> for Reading<'_>, Seen: File(files));
/// ```
#[macro_export]
macro_rules! delegate_world {
    (Observe<$op:ident> for $world:ty, $seen:ident: $($variant:ident $(($half:ident))?),+ $(,)?) => {
        impl $crate::Observe<$op> for $world {
            fn observe(
                &self,
                operation: &$op,
                given: &$crate::Given<'_>,
                moment: $crate::Moment,
            ) -> ::std::result::Result<$crate::Observation<$seen>, $crate::Failure> {
                match operation {
                    $($op::$variant(one) => {
                        let half = $crate::delegate_world!(@half self $(, $half)?);
                        $crate::Observe::observe(half, one, given, moment)
                            .map(|observation| observation.map($seen::$variant))
                    })+
                }
            }
        }
    };
    (Perform<$op:ident> for $world:ty, $seen:ident: $($variant:ident $(($half:ident))?),+ $(,)?) => {
        impl $crate::Perform<$op> for $world {
            fn perform(
                &self,
                operation: &$op,
                given: &$crate::Given<'_>,
                seen: $seen,
            ) -> ::std::result::Result<$crate::Done, $crate::Failure> {
                match (operation, seen) {
                    $(($op::$variant(one), $seen::$variant(seen)) => {
                        let half = $crate::delegate_world!(@half self $(, $half)?);
                        $crate::Perform::perform(half, one, given, seen)
                    })+
                    #[allow(unreachable_patterns, reason = "a sum of one family has no other")]
                    _ => Err($crate::Failure::internal("what was seen is of another family")),
                }
            }
        }
    };
    (@half $world:ident) => {
        $world
    };
    (@half $world:ident, $half:ident) => {
        &$world.$half()?
    };
}

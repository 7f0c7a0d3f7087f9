//! Work folders: where a plan that is being carried out has its local files.

mod checkout;
mod find;
mod make;
mod reference;
mod run_state;

pub use checkout::{Checkout, CheckoutError};
pub use find::{Folder, FolderError, Looked, find_folder, look_into};
pub use make::{FolderFiles, folder_files};
pub use reference::{PlanRef, RefFile, read_reference};
pub use run_state::{Event, RunState, STATE_FILE, StateError, write_state};

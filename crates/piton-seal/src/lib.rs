//! Running a program with limits that it cannot lift.

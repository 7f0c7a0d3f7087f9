//! Sends the head of a request and its body as one: the server is woken once,
//! and over TLS it is one record.

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// So much is held back at the most; what is longer goes out in pieces.
const MOST: usize = 64 << 10;

/// Makes connections that hold back what is sent until an answer is waited for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Together;

impl<In: Transport> Connector<In> for Together {
    type Out = Holding<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(|inner| Holding {
            inner,
            held: Vec::new(),
        }))
    }
}

#[derive(Debug)]
pub(super) struct Holding<In> {
    inner: In,
    held: Vec<u8>,
}

impl<In: Transport> Holding<In> {
    fn send(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        while !rest.is_empty() {
            let room = self.inner.buffers().output();
            let length = rest.len().min(room.len());
            let (now, later) = rest.split_at(length);
            room[..length].copy_from_slice(now);
            self.inner.transmit_output(length, timeout)?;
            rest = later;
        }
        Ok(())
    }
}

impl<In: Transport> Transport for Holding<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let fresh = &self.inner.buffers().output()[..amount];
        self.held.extend_from_slice(fresh);
        if self.held.len() < MOST {
            return Ok(());
        }
        self.send(timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.send(timeout)?;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

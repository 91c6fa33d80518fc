#pragma once

#include "ports/journal.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace tunnelkeyd::daemon {

/// Can the state be written? Asks the store, and waits for its answer only so long. While the disk hangs one
/// write waits for it, however many ask. Loop's thread only.
class store_probe {
public:
    explicit store_probe(boost::asio::io_context& loop);

    /// `answered` is called once, from the loop: "", or why not.
    void ask(ports::journal& journal, ports::write_handler answered);

private:
    struct questions;

    boost::asio::io_context& loop_;
    std::shared_ptr<questions> open_;  ///< shared with the store, which may answer late
};

}  // namespace tunnelkeyd::daemon

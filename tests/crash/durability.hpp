#pragma once

#include "crash/trace.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Judges from a trace whether what must be on disk is there before the next request leaves, and whether
/// secrets stay out of files.
namespace tunnelkeyd::crash {

/// The requests that a peer received, in their order: which of the encrypted messages in a trace is which.
struct peer_requests {
    std::uint16_t port = 0;
    std::vector<std::string> calls;  ///< as the simulator names them
};

struct traced_rotation {
    std::vector<traced_call> calls;
    std::string log_file;  ///< the store's write-ahead log: what is synced in it is on disk
    peer_requests cloud;
    peer_requests instance;
};

/// What is wrong, a sentence each. Between the last answer of a peer and the first byte of a regenerate or an
/// install, something was written to the store, and its sync was complete. A trace in which the requests cannot
/// be found is wrong too.
std::vector<std::string> problems_of_order(const traced_rotation& seen);

/// Each write to a file (not to a socket or a pipe) that holds one of the secrets, as it is or in hex; and all
/// that makes the trace unfit to say so: strings cut off, files that are written through memory.
std::vector<std::string> problems_of_secrecy(const std::vector<traced_call>& calls,
                                             const std::vector<std::string>& secrets);

}  // namespace tunnelkeyd::crash

#pragma once

#include "crash/trace.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::crash {

/// The errors that this call can fail with in reality, of ENOSPC, EIO, EMFILE, ENOMEM, ECONNRESET and EINTR;
/// with a "+" where all such calls may fail from then on. `target` is what the call is about: see
/// describe_target().
std::vector<std::string> errors_of(const traced_call& call, const std::string& target);

}  // namespace tunnelkeyd::crash

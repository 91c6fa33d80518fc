#pragma once

#include <cstddef>

namespace tunnelkeyd::daemon {

/// Before anything else: files are the owner's alone, and neither a core dump nor a debugger of the same user
/// shows the memory with its secrets. A log whose reader has gone must not end the daemon inside a rotation: no
/// SIGPIPE.
void harden_process();

/// Each rotation at work needs a few descriptors: raises the soft limit to the hard one. Returns what it is
/// now.
std::size_t raise_descriptor_limit();

}  // namespace tunnelkeyd::daemon

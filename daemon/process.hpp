#pragma once

#include "core/time.hpp"

#include <cstddef>

namespace tunnelkeyd::daemon {

/// How long what is under way may take when the process is told to end. systemd waits for TimeoutStopSec, and
/// kills then.
inline constexpr core::duration time_to_end = std::chrono::seconds(25);

/// One heap for all threads. The other threads take what the loop gives them and give back what it keeps: with
/// heaps of their own, ten thousand tunnels took a fifth more memory.
void share_one_heap();

/// First of all: opens /dev/null where standard input, output or error is closed. Else the next thing that is
/// opened gets its number, and what is printed is written into that.
void open_missing_streams();

/// Before anything else: files are the owner's alone, and neither a core dump nor a debugger of the same user
/// shows the memory with its secrets. A log whose reader has gone must not end the daemon inside a rotation: no
/// SIGPIPE.
void harden_process();

/// File descriptors that so many tunnels, all busy, may need at once.
std::size_t descriptors_needed(std::size_t tunnels);

/// Each rotation at work needs a few descriptors: raises the soft limit to the hard one. Returns what it is
/// now.
std::size_t raise_descriptor_limit();

}  // namespace tunnelkeyd::daemon

#pragma once

#include "core/notice.hpp"
#include "daemon/commands/ask.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

using enters = std::function<void(std::string_view tunnel, const core::notice&)>;

/// For by_socket(): each request that changes something is entered (`command.asked`) before it is made, by the
/// process of the person who makes it: the daemon may not see who that is (serve/peer.hpp).
tells entering(std::string socket, enters enter);

/// The entry for what a command is about to do itself, in the state store of this directory, since no daemon
/// runs.
core::notice without_daemon(const std::string& what, const std::string& directory);

/// Into systemd's journal, which adds who that is, from the kernel: _UID, _COMM, and _AUDIT_LOGINUID, which
/// sudo does not change (systemd.journal-fields(7)). Does nothing where there is no journal, and waits for one
/// that hangs for a second in all: nobody is kept from a command by it.
enters into_journal();

}  // namespace tunnelkeyd::daemon

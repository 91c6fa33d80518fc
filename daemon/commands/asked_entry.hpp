#pragma once

#include "core/notice.hpp"
#include "daemon/commands/ask.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tunnelkeyd::daemon {

using enters = std::function<void(std::string_view tunnel, const core::notice&)>;

/// As `ask`, and each request that changes something is entered (`command.asked`) before it is made, by the
/// process of the person who makes it: the daemon may not see who that is (serve/peer.hpp).
asks entered(asks ask, std::string socket, enters enter);

/// Into systemd's journal, which adds who that is, from the kernel: _UID, _COMM, and _AUDIT_LOGINUID, which
/// sudo does not change (systemd.journal-fields(7)). Does nothing where there is no journal.
void enter_in_journal(std::string_view tunnel, const core::notice& asked);

}  // namespace tunnelkeyd::daemon

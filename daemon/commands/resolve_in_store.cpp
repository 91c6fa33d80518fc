#include "daemon/commands/resolve_in_store.hpp"

#include "daemon/commands/context.hpp"

namespace tunnelkeyd::daemon {

core::resolve_report resolve_in_store(const core::config& /*config*/, const std::string& tunnel,
                                      std::optional<std::uint64_t> /*number*/) {
    throw command_error(exit_status::unavailable,
                        tunnel + ": no daemon runs\n"
                                 "  -> start it (systemctl start tunnelkeyd), then resolve");
}

}  // namespace tunnelkeyd::daemon

#include "daemon/commands/resolve_in_store.hpp"

#include "core/by_hand.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/held_gap.hpp"
#include "serve/accounts.hpp"

#include <unistd.h>

namespace tunnelkeyd::daemon {

core::resolve_report resolve_in_store(const core::config& config, const std::string& tunnel,
                                      std::optional<std::uint64_t> number, const enters& enter) {
    check_for_gap(config, tunnel);
    held_store store(config.state);
    auto gap = find_gap(config, store, tunnel);
    const auto stored = gap.record.key ? gap.record.key->generation : 0;
    if (number && *number != stored)
        throw command_error(exit_status::failed,
                            gap.tunnel + ": " +
                                (stored == 0 ? "no key is stored any more"
                                             : "the stored key is number " + std::to_string(stored)) +
                                "\n  -> look at tunnelkeyd pending again");
    enter(gap.tunnel, without_daemon("pending resolve --installed", config.state.directory));
    auto ended = core::end_by_hand(gap.record, serve::user_text(::getuid()), store.now());
    if (const auto error = store.save({{std::move(gap.record), std::move(ended)}}); !error.empty())
        throw command_error(exit_status::failed, gap.tunnel + ": the state could not be written: " + error);
    return {gap.tunnel, core::resolution::installed, false};
}

}  // namespace tunnelkeyd::daemon

#include "daemon/commands/held_gap.hpp"

#include "daemon/commands/context.hpp"
#include "daemon/commands/stored.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

command_error no_gap(const std::string& tunnel) {
    return {exit_status::failed, tunnel + ": it has no open key gap\n"
                                          "  -> tunnelkeyd pending lists those that there are"};
}

core::pending_report only_gap(const core::config& config, const std::string& tunnel) {
    auto gaps = stored_pending(config);
    std::erase_if(gaps, [&](const auto& each) { return each.tunnel != tunnel && each.id.hostname != tunnel; });
    if (gaps.empty())
        throw no_gap(tunnel);
    if (gaps.size() > 1)
        throw command_error(exit_status::usage,
                            tunnel + ": several tunnels go by that name\n"
                                     "  -> ask for one of them by its hostname, as tunnelkeyd pending --json "
                                     "shows it");
    return std::move(gaps.front());
}

}  // namespace

held_gap find_gap(const core::config& config, const held_store& store, const std::string& tunnel) {
    const auto gap = only_gap(config, tunnel);
    auto records = store.load();
    const auto found = std::find_if(records.begin(), records.end(),
                                    [&](const auto& each) { return each.id == gap.id && each.open; });
    if (found == records.end())
        throw no_gap(tunnel);
    return {std::move(*found), gap.tunnel, gap.instance_url, gap.state == "held"};
}

void check_for_gap(const core::config& config, const std::string& tunnel) {
    static_cast<void>(only_gap(config, tunnel));
}

}  // namespace tunnelkeyd::daemon

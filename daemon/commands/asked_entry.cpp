#include "daemon/commands/asked_entry.hpp"

#include "daemon/journal_entry.hpp"
#include "serve/control_routes.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

asks entered(asks ask, std::string socket, enters enter) {
    return [ask = std::move(ask), at = std::move(socket),
            enter = std::move(enter)](const std::string& method, const std::string& target,
                                      const std::string& body, core::duration limit) {
        if (const auto wanted = serve::call_of(target); wanted && wanted->form->changes)
            enter(wanted->tunnel,
                  {core::log_level::info,
                   "command.asked",
                   "the daemon is asked: " + method + ' ' + target + (body.empty() ? "" : ' ' + body),
                   {{"socket", at}}});
        return ask(method, target, body, limit);
    };
}

void enter_in_journal(std::string_view tunnel, const core::notice& asked) {
    static_cast<void>(send_to_journal(journal_fields(tunnel, asked)));
}

}  // namespace tunnelkeyd::daemon

#include "daemon/commands/asked_entry.hpp"

#include "daemon/journal_entry.hpp"
#include "daemon/log_queue.hpp"
#include "serve/control_routes.hpp"

#include <memory>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr std::size_t most_waiting = std::size_t(1024) * 1024;
constexpr core::duration longest = std::chrono::seconds(1);  // that a command waits for the journal

}  // namespace

tells entering(std::string socket, enters enter) {
    return [at = std::move(socket), enter = std::move(enter)](
               const std::string& method, const std::string& target, const std::string& body) {
        if (const auto wanted = serve::call_of(target); wanted && wanted->form->changes)
            enter(wanted->tunnel,
                  {core::log_level::info,
                   "command.asked",
                   "the daemon is asked: " + method + ' ' + target + (body.empty() ? "" : ' ' + body),
                   {{"socket", at}}});
    };
}

core::notice without_daemon(const std::string& what, const std::string& directory) {
    return {core::log_level::info,
            "command.without_daemon",
            "no daemon runs, and the command does it in the state store itself: " + what,
            {{"directory", directory}}};
}

enters into_journal() {
    return [queue = std::make_shared<log_queue>(most_waiting)](std::string_view tunnel,
                                                               const core::notice& entry) {
        auto fields = journal_fields(tunnel, entry);
        queue->put(sizeof fields + entry.message.size(),
                   [fields = std::move(fields)] { static_cast<void>(send_to_journal(fields)); });
        if (const auto waited = queue->waits(); waited < longest)
            static_cast<void>(queue->flush(longest - waited));
    };
}

}  // namespace tunnelkeyd::daemon

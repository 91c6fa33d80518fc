#include "daemon/commands/ask.hpp"

#include "daemon/printable.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

/// A text of an error's JSON; "" where there is none.
std::string text_of(const json& error, const char* name) {
    if (!error.is_object() || !error.contains(name) || !error.at(name).is_string())
        return "";
    return printable(error.at(name).get_ref<const std::string&>());
}

std::string message_of(const serve::control_reply& reply) {
    const auto error = json::parse(reply.body, nullptr, false);
    const auto message = text_of(error, "message");
    if (message.empty())
        return "the daemon answered HTTP " + std::to_string(reply.status);
    std::string all = message;
    if (error.contains("errors") && error.at("errors").is_array())
        for (const auto& each : error.at("errors"))
            if (each.is_string())
                all += "\n" + printable(each.get_ref<const std::string&>());
    const auto remedy = text_of(error, "remedy");
    return remedy.empty() ? all : all + "\n  -> " + remedy;
}

}  // namespace

asks by_socket(std::string socket, tells before, int stop) {
    struct link {
        std::string socket;
        tells before;
        int stop;
        std::optional<serve::control_client> client;
    };
    return [to = std::make_shared<link>(link{std::move(socket), std::move(before), stop, std::nullopt})](
               const std::string& method, const std::string& target, const std::string& body,
               core::duration limit) {
        try {
            if (!to->client)
                to->client.emplace(to->socket, to->stop);
            else
                to->client->connect();
            if (to->before)
                to->before(method, target, body);
            return to->client->ask(method, target, body, limit);
        } catch (const serve::control_error&) {
            to->client.reset();
            throw;
        }
    };
}

refused::refused(const serve::control_reply& reply)
    : std::runtime_error(message_of(reply)), code_(text_of(json::parse(reply.body, nullptr, false), "code")) {
}

exit_status refused::status() const noexcept {
    if (code_ == "unknown_tunnel" || code_ == "ambiguous_tunnel")
        return exit_status::usage;
    return code_ == "configuration" ? exit_status::configuration : exit_status::failed;
}

std::string ask_daemon(const asks& ask, const std::string& method, const std::string& target,
                       const std::string& body, core::duration limit) {
    auto reply = ask(method, target, body, limit);
    if (reply.status / 100 != 2)
        throw refused(reply);
    return std::move(reply.body);
}

std::string target_of(const std::string& before, const std::string& tunnel, const std::string& behind) {
    return before + serve::encoded(tunnel) + behind;
}

exit_status status_of(const serve::control_error& problem) {
    return problem.reason() == serve::control_error::kind::absent ? exit_status::unavailable
                                                                  : exit_status::failed;
}

}  // namespace tunnelkeyd::daemon

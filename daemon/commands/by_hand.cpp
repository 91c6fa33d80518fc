#include "daemon/commands/by_hand.hpp"

#include "core/shell_word.hpp"
#include "daemon/commands/wrap.hpp"

#include <algorithm>

namespace tunnelkeyd::daemon {

namespace {

constexpr const char* install_path = "/rest/secure-tunneling/latest/tunnel/token";

const core::bearer_auth* bearer_of(const core::tunnel* settings) {
    return settings != nullptr ? std::get_if<core::bearer_auth>(&settings->instance.auth) : nullptr;
}

const core::basic_auth* basic_of(const core::tunnel* settings) {
    return settings != nullptr ? std::get_if<core::basic_auth>(&settings->instance.auth) : nullptr;
}

/// How curl logs in: by a file of headers, or by a password that it asks for.
std::string login(const core::tunnel* settings) {
    const auto* basic = basic_of(settings);
    return basic != nullptr ? "--user " + core::shell_word(basic->username) : "--header @login";
}

/// How the file of headers is made; "" where none is needed.
std::string make_login(const core::tunnel* settings) {
    if (basic_of(settings) != nullptr)
        return "";
    const auto* bearer = bearer_of(settings);
    const bool in_file = bearer != nullptr && bearer->token.from == core::secret_reference::source::file;
    const auto file =
        in_file ? core::shell_word(bearer->token.value) : std::string("THE-FILE-WITH-THE-ACCESS-TOKEN");
    return "     (umask 077; (printf 'Authorization: Bearer '; cat " + file + ") > login)\n";
}

/// The key as JSON, from standard input. sed is everywhere; jq is only needed for a key that JSON must escape.
std::string to_json(std::string_view key) {
    const bool plain = std::all_of(key.begin(), key.end(),
                                   [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; });
    return plain ? R"(sed 's/.*/{"token": "&"}/')" : "jq --raw-input '{token: .}'";
}

/// How curl trusts the instance and is trusted; it asks for the password of an encrypted key itself.
std::string tls_options(const core::tls_settings& tls) {
    std::string options;
    const auto add = [&options](const char* name, const std::string& file) {
        if (!file.empty())
            options += "         " + std::string(name) + " " + core::shell_word(file) + " \\\n";
    };
    add("--cacert", tls.ca_file);
    add("--cert", tls.client_certificate);
    add("--key", tls.client_key);
    return options;
}

}  // namespace

std::string steps_by_hand(const pending_view& gap, std::string_view key, const core::tunnel* settings,
                          const command_context& all) {
    const auto url = (gap.instance_url.empty() ? "INSTANCE-URL" : gap.instance_url) + install_path;
    const auto tunnel = core::shell_word(gap.tunnel);
    std::string steps = wrapped(
        "", "The new key of " + gap.tunnel + " is on standard output. Two steps install it by hand.", 80);
    if (gap.state == "held")
        steps += "\n" + wrapped("Careful: ",
                                "the cloud says that this key belongs to another instance. See tunnelkeyd "
                                "pending before you go on.",
                                80);
    steps += "\n1. Give it to the instance, with the credentials of a system administrator:\n\n";
    steps += make_login(settings);
    steps += "     tunnelkeyd pending reveal " + tunnel + " --yes" + all.config_option + " 2>/dev/null |\n";
    steps += "       " + to_json(key) + " |\n";
    steps += "       curl --fail-with-body --request PUT --data-binary @- \\\n";
    steps += "         --header 'Content-Type: application/json' \\\n";
    steps += "         --header 'X-Atlassian-Token: no-check' " + login(settings) + " \\\n";
    if (settings != nullptr)
        steps += tls_options(settings->instance.tls);
    steps += "         " + core::shell_word(url) + "\n";
    if (basic_of(settings) == nullptr)
        steps += "     rm login\n";
    steps += "\n2. Once that has succeeded, say so:\n\n";
    steps += "     tunnelkeyd pending resolve " + tunnel + " --installed --key " + std::to_string(gap.number) +
             all.config_option + "\n\n";
    return steps;
}

}  // namespace tunnelkeyd::daemon

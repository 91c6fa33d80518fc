#include "config/read_values.hpp"

#include "core/url_problem.hpp"
#include "core/whole_number.hpp"

#include <algorithm>

namespace tunnelkeyd::config {

namespace {

bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_name_character(char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool refuse(const field& from, const std::string& what) {
    from.error(from.found() + " " + what);
    return false;
}

bool is_label(std::string_view text) {
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

/// "https://label.example.com/x" -> "label"; what is no URL stays as it is.
std::string_view first_label(std::string_view text) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (text.starts_with(scheme))
            return text.substr(scheme.size(), text.find_first_of("./:?#", scheme.size()) - scheme.size());
    return text;
}

/// `or_else`: what may stand there otherwise, for messages.
bool read_duration(const field& from, core::duration& into, duration_limits limits, std::string_view or_else) {
    const auto* text = scalar(from, "a duration" + std::string(or_else));
    if (text == nullptr)
        return false;
    const auto value = core::parse_duration(*text);
    if (!value)
        return refuse(from,
                      "is not a duration; write numbers with their units, from large to small: 500ms, 90s, "
                      "15m, 12h, 30d, 1h30m" +
                          std::string(or_else));
    if (*value < limits.least || *value > limits.most)
        return refuse(from, "is out of range; allowed: " + core::to_string(limits.least) + " to " +
                                core::to_string(limits.most) + std::string(or_else));
    into = *value;
    return true;
}

/// As in 192.0.2.7.example.com, which parse_base_url() does not take.
bool goes_on_behind_address(std::string_view host) {
    const auto numbers = host.substr(0, host.find_first_not_of("0123456789."));
    const bool four = std::count(numbers.begin(), numbers.end(), '.') - (numbers.ends_with('.') ? 1 : 0) == 3;
    return four && numbers.size() < host.size();
}

std::string why_no_url(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos)
        return "a URL begins with https://";
    if (text.find_first_of("@?#") != std::string_view::npos)
        return "the URL may have no user, password, query or fragment";
    text.remove_prefix(scheme + 3);
    if (goes_on_behind_address(text.substr(0, text.find_first_of(":/"))))
        return "a host's name that begins with four numbers, as an address does, is not taken; use another "
               "name of this server";
    return "not a URL of a server: https://HOST[:PORT][/CONTEXT]";
}

}  // namespace

const std::string_view* scalar(const field& from, std::string_view expected) {
    if (from.value->type == node::kind::scalar)
        return &from.value->text;
    from.error("must be " + std::string(expected) + ", not " + from.found());
    return nullptr;
}

bool read(const field& from, bool& into) {
    const auto* text = scalar(from, "true or false");
    if (text == nullptr)
        return false;
    if (!from.value->plain || (*text != "true" && *text != "false"))
        return refuse(from, "is neither true nor false; write one of them, in lower case and without quotes");
    into = *text == "true";
    return true;
}

bool read(const field& from, unsigned& into, unsigned least, unsigned most) {
    const auto* text = scalar(from, "a number");
    if (text == nullptr)
        return false;
    const auto value = core::whole_number<unsigned>(*text);
    const bool plain = from.value->plain && (text->size() == 1 || text->front() != '0');
    if (!value || !plain || *value < least || *value > most)
        return refuse(from, "is not a whole number from " + std::to_string(least) + " to " +
                                std::to_string(most) + ", in decimal digits, without quotes or leading zeros");
    into = *value;
    return true;
}

bool read(const field& from, core::duration& into, duration_limits limits) {
    return read_duration(from, into, limits, "");
}

bool read(const field& from, std::optional<core::duration>& into, duration_limits limits) {
    if (from.value->type == node::kind::scalar && from.value->text == "never") {
        into.reset();
        return true;
    }
    core::duration length{0};
    if (!read_duration(from, length, limits, ", or never"))
        return false;
    into = length;
    return true;
}

bool read(const field& from, std::optional<core::wall_time>& into) {
    const auto* text = scalar(from, "a date");
    if (text == nullptr)
        return false;
    const auto day = core::parse_date(*text);
    if (!day)
        return refuse(from, "is not a day of the calendar; write it as YYYY-MM-DD, as 2027-01-31");
    into = day;
    return true;
}

bool read(const field& from, core::base_url& into) {
    const auto* text = scalar(from, "a URL");
    if (text == nullptr)
        return false;
    auto url = core::parse_base_url(*text);
    if (!url) {
        const auto problem = core::server_problem(*text);
        from.error(problem.empty() ? why_no_url(*text) : problem);
        return false;
    }
    if (!url->is_https() && !url->is_loopback()) {
        from.error(
            "http:// would send keys and credentials in the clear; use https:// (http:// is for loopback "
            "addresses only)");
        return false;
    }
    into = std::move(*url);
    return true;
}

bool read_text(const field& from, std::string& into) {
    const auto* text = scalar(from, "a text");
    if (text == nullptr)
        return false;
    if (text->empty() || text->size() > 1024 || has_control_character(*text))
        return refuse(from, "must be 1 to 1024 bytes on one line, without control characters");
    into = *text;
    return true;
}

bool read_username(const field& from, std::string& into) {
    std::string name;
    if (!read_text(from, name))
        return false;
    if (name.find(':') != std::string::npos) {
        from.error("a user name for Basic authentication may not contain a colon (RFC 7617)");
        return false;
    }
    into = std::move(name);
    return true;
}

bool read_name(const field& from, std::string& into, std::size_t most) {
    const auto* text = scalar(from, "a text");
    if (text == nullptr)
        return false;
    if (text->empty() || text->size() > most || !is_letter_or_digit(text->front()) ||
        !std::all_of(text->begin(), text->end(), is_name_character))
        return refuse(from, "must be 1 to " + std::to_string(most) +
                                " letters, digits, \".\", \"_\" or \"-\", and begin with a letter or digit");
    into = *text;
    return true;
}

bool read_path(const field& from, std::string& into) {
    const auto* text = scalar(from, "a path");
    if (text == nullptr)
        return false;
    if (!text->starts_with('/') || text->size() > 4095 || has_control_character(*text))
        return refuse(from, "must be an absolute path: /...");
    into = *text;
    return true;
}

bool read_variable_name(const field& from, std::string& into) {
    const auto* text = scalar(from, "a text");
    if (text == nullptr)
        return false;
    const auto fits = [](char c) { return is_letter_or_digit(c) || c == '_'; };
    if (text->empty() || text->size() > 255 || (text->front() >= '0' && text->front() <= '9') ||
        !std::all_of(text->begin(), text->end(), fits))
        return refuse(from, "must be the name of an environment variable: letters, digits and \"_\"");
    into = *text;
    return true;
}

bool read_host(const field& from, std::string& into) {
    const auto* text = scalar(from, "a host name");
    if (text == nullptr)
        return false;
    const bool address = text->find(':') != std::string_view::npos;
    const auto whole = "https://" + (address ? "[" + std::string(*text) + "]" : std::string(*text));
    const auto url = core::parse_base_url(whole);
    if (!url || !url->path.empty() || url->port != 443 ||
        text->find_first_of("[]/") != std::string_view::npos) {
        const auto problem = core::server_problem(whole);
        return refuse(from, problem.empty()
                                ? "must be a host's name or IP address, without scheme, port or path"
                                : problem);
    }
    into = url->host;
    return true;
}

bool read_hostname(const field& from, std::string& into) {
    const auto* text = scalar(from, "a text");
    if (text == nullptr)
        return false;
    const auto label = first_label(*text);
    if (!is_label(label))
        return refuse(from,
                      "is not the hostname of a tunnel: 1 to 63 letters, digits and hyphens, or its whole link "
                      "URL with the https://");
    into = label;
    std::transform(into.begin(), into.end(), into.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return true;
}

void report_choice(const field& from, std::span<const std::string_view> words) {
    std::string text = from.found() + " is not known; allowed: ";
    for (const auto& word : words)
        text += (&word == &words.front() ? "" : ", ") + std::string(word);
    if (const auto meant = suggest(from.value->text, words); !meant.empty())
        text += "; did you mean \"" + std::string(meant) + "\"?";
    from.error(text);
}

}  // namespace tunnelkeyd::config

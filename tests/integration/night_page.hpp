#pragma once

#include "support/places.hpp"
#include "support/rig.hpp"

#include <algorithm>
#include <regex>
#include <string>
#include <utility>
#include <vector>

/// The page's section "Eight ways to be woken up", and what `status` says, in a form in which they can be
/// compared.
namespace tunnelkeyd::support {

/// Without what differs from run to run: times, ports and places. Lines are wrapped elsewhere then, so all is
/// one line.
inline std::string steady_part(const rig& scene, std::string text) {
    const auto replace = [&](const std::string& what, const std::string& by) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
    };
    text = std::regex_replace(text, std::regex("\\s+"), " ");
    replace(scene.directory().string() + "/secrets", "/etc/tunnelkeyd/secrets");
    replace(scene.state_directory().string(), "/var/lib/tunnelkeyd");
    for (const auto& [pattern, by] : std::vector<std::pair<const char*, const char*>>{
             {"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", "TIME"},
             {"\\d{4}-\\d\\d-\\d\\d", "DAY"},
             {"\\bin \\d+(ms|s|m|h|d)", "SOON"},
             {"\\bnow\\b", "SOON"},
             {"<?\\b\\d+(ms|s|m|h|d)\\b", "LENGTH"},
             {"https://(localhost:\\d+|[a-z]+\\.example\\.com)", "https://HOST"},
             {"\\b(localhost|[a-z]+\\.example\\.com)( port \\d+)?\\b", "HOST"},
             {"issued by CN=(tunnelkeyd simulator|Example CA)", "issued by AUTHORITY"}})
        text = std::regex_replace(text, std::regex(pattern), by);
    return text;
}

/// What the page shows of this way: the block under its heading.
inline std::string on_page(const std::string& heading) {
    const auto page = read_file(support::project_file("docs/operations.md"));
    const auto at = page.find("\n### " + heading + "\n");
    if (at == std::string::npos)
        return "";
    const std::string opening = "$ sudo tunnelkeyd status\n";
    const auto begin = page.find(opening, at) + opening.size();
    return page.substr(begin, page.find("```\n", begin) - begin);
}

}  // namespace tunnelkeyd::support

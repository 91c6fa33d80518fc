#include "daemon/examination_printer.hpp"

#include "daemon/printable.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string_view>
#include <vector>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t columns = 80;
constexpr std::size_t label_width = 21;
constexpr std::size_t text_begins = 2 + 6 + label_width;
constexpr std::size_t most_named = 20;
constexpr std::string_view arrow = "-> ";

struct mark {
    std::string_view result;
    std::string_view word;
    std::string_view colour;
};
constexpr mark marks[] = {
    {"passed", "ok", "\x1b[32m"},
    {"warning", "WARN", "\x1b[33m"},
    {"failed", "FAIL", "\x1b[31m"},
    {"skipped", "skip", "\x1b[2m"},
};

std::string marked(const std::string& result, bool colour) {
    const auto* const found = std::find_if(std::begin(marks), std::end(marks),
                                           [&](const mark& each) { return each.result == result; });
    const auto word = std::string(found == std::end(marks) ? "?" : found->word);
    const auto space = std::string(6 - word.size(), ' ');
    if (!colour || found == std::end(marks))
        return word + space;
    return std::string(found->colour) + word + "\x1b[0m" + space;
}

/// Lines of so many columns at most, broken at spaces where there are any.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (text.size() > width) {
        const auto space = text.rfind(' ', width);
        const bool at_space = space != std::string_view::npos && space > 0;
        lines.emplace_back(text.substr(0, at_space ? space : width));
        text.remove_prefix(at_space ? space + 1 : width);
    }
    lines.emplace_back(text);
    return lines;
}

void print_text(std::ostream& out, std::string_view before, const std::string& text) {
    const std::string margin(text_begins, ' ');
    bool first = true;
    for (const auto& line : wrapped(printable(text), columns - text_begins - before.size())) {
        if (!first || !before.empty())
            out << margin;
        out << (first ? std::string(before) : std::string(before.size(), ' ')) << line << '\n';
        first = false;
    }
}

void print_check(std::ostream& out, const ordered_json& check, bool colour) {
    auto label = check.at("check").get<std::string>();
    std::replace(label.begin(), label.end(), '_', ' ');
    label = printable(label);
    label.resize(std::max(label.size() + 1, label_width), ' ');
    out << "  " << marked(check.at("result"), colour) << label;
    print_text(out, "", check.at("found").get<std::string>());
    if (const auto& remedy = check.at("remedy"); !remedy.is_null())
        print_text(out, arrow, remedy.get<std::string>());
}

bool has_warning(const ordered_json& examination) {
    const auto& checks = examination.at("checks");
    return std::any_of(checks.begin(), checks.end(),
                       [](const ordered_json& check) { return check.at("result") == "warning"; });
}

}  // namespace

void examination_printer::print(const std::string& json) {
    const auto examination = ordered_json::parse(json);
    if (how_ == form::json) {
        out_ << (printed_ == 0 ? "{\"tunnels\": [\n" : ",\n")
             << examination.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    } else {
        out_ << printable(examination.at("tunnel").get<std::string>()) << '\n';
        for (const auto& check : examination.at("checks"))
            print_check(out_, check, how_ == form::text_in_colour);
        out_ << '\n';
    }
    out_.flush();
    ++printed_;
    if (!examination.at("passed").get<bool>()) {
        if (failed_++ < most_named)
            failed_names_ +=
                (failed_names_.empty() ? ": " : ", ") + printable(examination.at("tunnel").get<std::string>());
    } else if (has_warning(examination)) {
        ++warned_;
    }
}

void examination_printer::end() {
    if (how_ == form::json) {
        out_ << (printed_ == 0 ? "{\"tunnels\": []}\n" : "\n]}\n");
        return;
    }
    out_ << printed_ << (printed_ == 1 ? " tunnel: " : " tunnels: ") << printed_ - failed_ << " passed";
    if (warned_ > 0)
        out_ << " (" << warned_ << " with warnings)";
    out_ << ", " << failed_ << " failed" << failed_names_ << (failed_ > most_named ? ", ...\n" : "\n");
}

}  // namespace tunnelkeyd::daemon

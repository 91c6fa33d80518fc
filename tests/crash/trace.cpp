#include "crash/trace.hpp"

#include <cctype>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace tunnelkeyd::crash {

namespace {

constexpr std::string_view unfinished = " <unfinished ...>";
constexpr std::string_view resumed = " resumed>";

[[noreturn]] void fail(const std::string& line) {
    throw std::runtime_error("not a line of strace: " + line.substr(0, 200));
}

int digit_value(char digit) {
    return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/// The character that the escape at `at` (behind the backslash) stands for; moves `at` to its last character.
char unescape(std::string_view text, std::size_t& at) {
    if (text[at] == 'x' && at + 2 < text.size()) {
        at += 2;
        return static_cast<char>(digit_value(text[at - 1]) << 4 | digit_value(text[at]));
    }
    if (text[at] >= '0' && text[at] <= '7') {
        int value = text[at] - '0';
        for (int digits = 1; digits < 3 && at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '7';
             ++digits)
            value = value << 3 | (text[++at] - '0');
        return static_cast<char>(value);
    }
    constexpr std::string_view letters = "ntrvfa";
    constexpr std::string_view meant = "\n\t\r\v\f\a";
    const auto found = letters.find(text[at]);
    return found == std::string_view::npos ? text[at] : meant[found];
}

/// Where the string that begins at `from` (a quotation mark) ends: its closing mark. Adds its bytes to `bytes`.
std::size_t read_string(std::string_view text, std::size_t from, std::string* bytes) {
    for (auto at = from + 1; at < text.size(); ++at) {
        if (text[at] == '"')
            return at;
        const char byte = text[at] == '\\' ? unescape(text, ++at) : text[at];
        if (bytes)
            *bytes += byte;
    }
    fail(std::string(text));
}

/// "arguments) = result" taken apart. The parenthesis that counts is outside of strings, and the last one.
void set_end(traced_call& call, std::string_view rest, std::size_t line) {
    std::size_t close = std::string_view::npos;
    for (std::size_t at = 0; at < rest.size(); ++at) {
        if (rest[at] == '"')
            at = read_string(rest, at, nullptr);
        else if (rest[at] == ')' && rest.find_first_not_of(' ', at + 1) != std::string_view::npos &&
                 rest.substr(rest.find_first_not_of(' ', at + 1)).starts_with("= "))
            close = at;
    }
    if (close == std::string_view::npos)
        fail(std::string(rest));
    call.arguments += rest.substr(0, close);
    call.result = rest.substr(rest.find("= ", close) + 2);
    call.ended = call.result.starts_with('?') ? traced_call::never : line;
}

/// Takes the thread's id off the beginning, if there is one.
int take_thread(std::string_view& line) {
    int thread = 0;
    while (!line.empty() && std::isdigit(static_cast<unsigned char>(line.front())) != 0) {
        thread = thread * 10 + (line.front() - '0');
        line.remove_prefix(1);
    }
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return thread;
}

class reader {
public:
    void read(std::string_view line) {
        ++number_;
        const int thread = take_thread(line);
        if (line.empty() || line.starts_with("+++") || line.starts_with("---") || line.starts_with("strace:"))
            return;
        if (line.starts_with("<... "))
            resume(thread, line);
        else
            begin(thread, line);
    }

    std::vector<traced_call> calls;

private:
    void begin(int thread, std::string_view line) {
        const auto open = line.find('(');
        if (open == std::string_view::npos)
            fail(std::string(line));
        traced_call call;
        call.thread = thread;
        call.name = line.substr(0, open);
        call.begun = number_;
        const auto rest = line.substr(open + 1);
        if (rest.ends_with(unfinished)) {
            call.arguments = rest.substr(0, rest.size() - unfinished.size());
            open_[thread] = calls.size();
        } else {
            set_end(call, rest, number_);
        }
        calls.push_back(std::move(call));
    }

    void resume(int thread, std::string_view line) {
        const auto rest = line.find(resumed);
        const auto found = open_.find(thread);
        if (rest == std::string_view::npos || found == open_.end())
            fail(std::string(line));
        set_end(calls[found->second], line.substr(rest + resumed.size()), number_);
        open_.erase(found);
    }

    std::size_t number_ = 0;
    std::map<int, std::size_t> open_;  ///< of each thread the call that has not ended yet
};

}  // namespace

bool traced_call::succeeded() const {
    return !result.empty() && !result.starts_with('-') && !result.starts_with('?');
}

bool traced_call::was_injected() const {
    return result.ends_with("(INJECTED)");
}

std::vector<traced_call> parse_trace(const std::string& text) {
    reader all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        all.read(line);
    return std::move(all.calls);
}

std::string target_of(const traced_call& call) {
    const auto& text = call.arguments;
    const auto open = text.find_first_not_of("0123456789");
    if (open == std::string::npos || open == 0 || text[open] != '<')
        return "";
    // The arrow between a socket's two addresses has a ">" too.
    for (auto close = text.find('>', open); close != std::string::npos; close = text.find('>', close + 1))
        if (close + 1 == text.size() || text[close + 1] == ',' || text.compare(close + 1, 9, "(deleted)") == 0)
            return text.substr(open + 1, close - open - 1);
    return "";
}

std::string bytes_of(const traced_call& call) {
    std::string bytes;
    for (std::size_t at = 0; at < call.arguments.size(); ++at)
        if (call.arguments[at] == '"')
            at = read_string(call.arguments, at, &bytes);
    return bytes;
}

bool is_cut_off(const traced_call& call) {
    for (std::size_t at = 0; at < call.arguments.size(); ++at)
        if (call.arguments[at] == '"') {
            at = read_string(call.arguments, at, nullptr);
            if (call.arguments.compare(at + 1, 3, "...") == 0)
                return true;
        }
    return false;
}

}  // namespace tunnelkeyd::crash

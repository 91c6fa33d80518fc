#include "serve/request.hpp"

#include "serve/refusals.hpp"

#include <utility>

namespace tunnelkeyd::serve {

namespace {

constexpr const char* to_read = "GET, HEAD";

bool is_reading(const request_head& head) {
    return head.method == "GET" || head.method == "HEAD";
}

/// A page: nothing can be changed there, and nothing sent.
std::optional<answer> refusal_of_page(const request_head& head) {
    if (!is_reading(head))
        return method_not_allowed(head.method, to_read);
    if (head.has_body)
        return body_not_allowed();
    return std::nullopt;
}

std::optional<answer> refusal_of_call(const request_head& head, const call_form& form, const server_state& all,
                                      const peer& who) {
    const bool right_method = form.changes ? head.method == "POST" : is_reading(head);
    if (!right_method)
        return method_not_allowed(head.method, form.changes ? "POST" : to_read);
    if (form.only_root && !who.may_reveal)
        return forbidden(name_of(who, all.control->socket), all.control->socket, true);
    if (head.has_body && !form.changes)
        return body_not_allowed();
    if (head.length > all.limits.body)
        return body_too_large(all.limits.body);
    return std::nullopt;
}

std::optional<answer> refusal_at_control(const request_head& head, const request& asked,
                                         const server_state& all, const peer& who) {
    if (!who.may_ask)
        return forbidden(name_of(who, all.control->socket), all.control->socket, false);
    if (asked.call)
        return refusal_of_call(head, *asked.call->form, all, who);
    if (asked.to.what == page::none)
        return not_found(asked.to.path, true);
    return refusal_of_page(head);
}

}  // namespace

request refused(answer with) {
    request refusal;
    refusal.refusal = std::move(with);
    return refusal;
}

request understand(const request_head& head, const server_state& all, const peer& who) {
    request asked;
    asked.head_only = head.method == "HEAD";
    asked.to = route_of(head.target);
    if (all.control && asked.to.what == page::none)
        asked.call = call_of(head.target);
    asked.refusal = all.control ? refusal_at_control(head, asked, all, who) : refusal_of_page(head);
    asked.denied = asked.refusal && asked.refusal->status == 403;  // which stands for nothing else
    asked.body_follows = head.has_body && !asked.refusal;
    // A body that is not read cannot be told from a request behind it.
    asked.keep_alive = head.keep_alive && (!head.has_body || asked.body_follows);
    return asked;
}

}  // namespace tunnelkeyd::serve

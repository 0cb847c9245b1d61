/* The ways from one application to another, each with a witness, and the rules behind them. */
#include "report/page_parts.h"

static const struct {
    const char *id, *title, *about, *none;
} kinds[TC_PAGE_KIND_COUNT_] = {
    {"open", "Open", "Neither layer closes these, and nobody has accepted them.", "No way is open."},
    {"unknown", "Not known", "The source does not say enough to answer.", "Every question has an answer."},
    {"accepted", "Accepted",
     "Somebody has said that these are wanted. Where the other layer closes them all the same, it is said.",
     "Nothing was accepted."},
    {"closed", "Closed by one layer alone",
     "One layer lets these through, the other one closes them. Should that layer fail, they are open.",
     "Nothing rests on one layer alone."},
};

static void
put_party(struct tc_page *page, const struct tc_party *party, struct tc_str may)
{
    tc_page_markup(page, "<li>");
    tc_page_name(page, party->application->index);
    tc_page_markup(page, " ");
    tc_page_text(page, tc_isolation_may(page->arena, party, may));
    tc_page_place(page, party->span);
    tc_page_markup(page, "</li>");
}

static void
put_witness(struct tc_page *page, const struct tc_isolation_finding *finding)
{
    tc_page_markup(page, "<ul class=\"witness\">");
    put_party(page, &finding->from, finding->from.may);
    if (finding->to.application != NULL)
        put_party(page, &finding->to, tc_isolation_with_it(page->arena, finding->to.may, finding->from.may));
    tc_page_markup(page, "</ul>\n");
    if (finding->because.len > 0) {
        tc_page_markup(page, "<p>Not known, because ");
        tc_page_text(page, finding->because);
        tc_page_markup(page, ".</p>\n");
    }
}

static void
put_term(struct tc_page *page, const char *term)
{
    tc_page_markup(page, "<div><dt>%s</dt><dd>", term);
}

static void
end_term(struct tc_page *page)
{
    tc_page_markup(page, "</dd></div>\n");
}

/* For how many pairs it holds, and how they stand. */
static void
put_tally(struct tc_page *page, const struct tc_isolation_finding *finding, const struct tc_page_tally *tally)
{
    const struct tc_rule_info *rule = tc_rule_info(finding->rule);
    const char *other = tc_layer_name(rule->layer == TC_LAYER_CAS ? TC_LAYER_ACCOUNTS : TC_LAYER_CAS);
    const struct {
        size_t count;
        const char *words;
    } parts[] = {{tally->open, " open"}, {tally->unknown, " not known"}, {tally->accepted, " accepted"}};
    const char *between = ": ";

    if (page->matrix == NULL)
        return;
    put_term(page, "Pairs");
    tc_page_markup(page, "%zu", tally->open + tally->unknown + tally->accepted + tally->closed);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].count > 0) {
            tc_page_markup(page, "%s%zu%s", between, parts[i].count, parts[i].words);
            between = ", ";
        }
    if (tally->closed > 0)
        tc_page_markup(page, "%s%zu closed by %s", between, tally->closed, other);
    end_term(page);
}

static void
put_acceptance(struct tc_page *page, const struct tc_isolation_finding *finding)
{
    if (finding->accept == NULL && finding->reason.len == 0)
        return;
    put_term(page, finding->accept != NULL ? "Accepted" : "Granted");
    tc_page_markup(page, "because &ldquo;");
    tc_page_text(page, finding->accept != NULL ? finding->accept->because : finding->reason);
    tc_page_markup(page, "&rdquo;");
    if (finding->accept != NULL) {
        if (finding->accept->until.len > 0) {
            tc_page_markup(page, " until ");
            tc_page_text(page, finding->accept->until);
            tc_page_late(page, finding->accept->until);
        }
        tc_page_place(page, finding->accept->span);
    }
    end_term(page);
}

static void
put_finding(struct tc_page *page, const struct tc_isolation_finding *finding, size_t index)
{
    const struct tc_rule_info *rule = tc_rule_info(finding->rule);
    bool alone = finding->to.application == NULL;

    tc_page_markup(page,
                   "<article class=\"way\" id=\"way-%zu\">\n<h4><span class=\"number\">%zu</span> <a href=\"#%s\">%s "
                   "<span class=\"slug\">%s</span></a> ",
                   index + 1, index + 1, rule->code.id, rule->code.id, rule->code.slug);
    tc_page_text(page, tc_str_of(rule->code.sentence));
    tc_page_markup(page, "</h4>\n");
    put_witness(page, finding);
    tc_page_markup(page, "<dl>\n");
    put_term(page, "Let through by");
    tc_page_markup(page, "%s", tc_layer_name(rule->layer));
    end_term(page);
    put_tally(page, finding, &page->tallies[index]);
    if (finding->from_count > 1) {
        put_term(page, "The same from");
        tc_page_names(page, finding->froms, finding->from_count);
        end_term(page);
    }
    if (alone || finding->to_count > 1) {
        put_term(page, "To");
        if (alone)
            tc_page_markup(page, "every other application");
        else
            tc_page_names(page, finding->tos, finding->to_count);
        end_term(page);
    }
    put_acceptance(page, finding);
    tc_page_markup(page, "</dl>\n</article>\n");
}

void
tc_page_findings(struct tc_page *page)
{
    tc_page_markup(page,
                   "<section aria-labelledby=\"ways\">\n<h2 id=\"ways\">Ways from one application to another</h2>\n"
                   "<p>Each with a witness: who may do what, and where that is written. What many applications do to "
                   "each other is one way.</p>\n");
    for (int kind = 0; kind < TC_PAGE_KIND_COUNT_; kind++) {
        size_t index = 0;

        tc_page_markup(page, "<h3 id=\"%s\">%s <span class=\"count\">%zu</span></h3>\n<p>%s</p>\n", kinds[kind].id,
                       kinds[kind].title, page->of_kind[kind],
                       page->of_kind[kind] > 0 ? kinds[kind].about : kinds[kind].none);
        for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
             finding = finding->next, index++)
            if (tc_page_kind_of(finding, &page->tallies[index]) == (enum tc_page_kind)kind)
                put_finding(page, finding, index);
    }
    tc_page_markup(page, "</section>\n");
}

static void
put_rule(struct tc_page *page, const struct tc_rule_info *rule)
{
    tc_page_markup(page, "<article class=\"rule\" id=\"%s\">\n<h3>%s <span class=\"slug\">%s</span></h3>\n<p>",
                   rule->code.id, rule->code.id, rule->code.slug);
    tc_page_capital(page, rule->code.sentence);
    tc_page_markup(page, ".</p>\n<p class=\"more\">");
    tc_page_text(page, tc_str_of(rule->code.more));
    tc_page_markup(page,
                   "</p>\n<p>Where it is wanted, say so in the block of one of the two, or of the server: <code>accept "
                   "%s because &quot;...&quot;;</code></p>\n</article>\n",
                   rule->code.slug);
}

void
tc_page_rules(struct tc_page *page)
{
    bool found[TC_RULE_COUNT_] = {false};

    for (const struct tc_isolation_finding *finding = page->isolation->findings; finding != NULL;
         finding = finding->next)
        found[finding->rule] = true;
    tc_page_markup(page, "<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">The rules, and what to do</h2>\n");
    if (page->isolation->findings == NULL)
        tc_page_markup(page, "<p>No rule found anything.</p>\n");
    for (int id = 0; id < TC_RULE_COUNT_; id++)
        if (found[id])
            put_rule(page, tc_rule_info((enum tc_rule_id)id));
    tc_page_markup(page, "</section>\n");
}

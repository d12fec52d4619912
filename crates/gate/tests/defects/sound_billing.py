"""SOUND: invoices. Money as integers of cents; a write that an idempotency key protects."""

from base import CONFIRM, CURSOR, LIMIT, READS, WRITES, Server, ToolError, listed, page

INVOICE = {"type": "object", "required": ["number", "customer", "cents", "paid"], "properties": {
    "number": {"type": "string", "description": "As INV-1004."}, "customer": {"type": "string", "description": "The customer's name."},
    "cents": {"type": "integer", "minimum": 0, "description": "The sum in euro cents."}, "paid": {"type": "boolean", "description": "Whether it is paid."}}}
NUMBER = {"type": "string", "pattern": "^INV-[0-9]{4}$", "maxLength": 8, "examples": ["INV-1004"], "description": "The invoice's number, as INV-1004."}


def make() -> Server:
    server = Server("billing", "5.2.0", "Invoices of one company. Sums are integers of euro cents.")
    customers = ["Baker & Sons", "Ilse Kramer", "Norte SL", "Quay Books"]
    invoices = [{"number": f"INV-{1000 + n}", "customer": customers[n % 4], "cents": 1250 * n, "paid": n % 3 == 0} for n in range(1, 31)]

    def invoice(number: str) -> dict:
        found = next((invoice for invoice in invoices if invoice["number"] == number), None)
        if found is None:
            raise ToolError(f"There is no invoice {number}. NEXT: call find_invoices with the customer's name.")
        return found

    def line(invoice: dict) -> str:
        return f"{invoice['number']} {invoice['customer']}: {invoice['cents'] / 100:.2f} EUR, {'paid' if invoice['paid'] else 'due'}"

    @server.tool("find_invoices", "Find invoices",
                 "Finds invoices by the customer's name and by whether they are paid; limit and cursor page through the matches. Returns number, "
                 "customer, sum in cents and state of each. Reads only. Not for one known number: use read_invoice.",
                 properties={"customer": {"type": "string", "maxLength": 80, "description": "A part of the customer's name."},
                             "paid": {"type": "boolean", "description": "Only paid ones (true) or only due ones (false)."}, "limit": LIMIT, "cursor": CURSOR},
                 annotations=READS, output=listed(INVOICE))
    def find_invoices(arguments):
        found = [invoice for invoice in invoices if arguments.get("customer", "").lower() in invoice["customer"].lower()
                 and invoice["paid"] == arguments.get("paid", invoice["paid"])]
        return page(found, arguments, "invoices", line)

    @server.tool("read_invoice", "Read an invoice",
                 "Reads one invoice by its number. Returns number, customer, sum in cents and whether it is paid. Reads only. "
                 "Not for lists of invoices: use find_invoices.",
                 properties={"number": NUMBER}, required=["number"], annotations=READS, output=INVOICE)
    def read_invoice(arguments):
        found = invoice(arguments["number"])
        return line(found), found

    @server.tool("record_payment", "Record a payment",
                 "Marks an invoice as paid after the bank has shown the money. Takes its number and confirm: false (the default) previews and "
                 "changes nothing, true records. Returns the invoice after it. Changes the books; moves no money. Not for refunds.",
                 properties={"number": NUMBER, "confirm": CONFIRM}, required=["number"], annotations=WRITES | {"idempotentHint": True})
    def record_payment(arguments):
        found = invoice(arguments["number"])
        if not arguments.get("confirm", False):
            return f"PREVIEW - no action taken. Would mark as paid: {line(found)}. Call again with confirm=true to record it."
        found["paid"] = True
        return f"Recorded. {line(found)}"

    server.resource("billing://terms", "terms", "Terms of payment", "When invoices fall due.", lambda: "Due 14 days after the invoice's date.")
    server.prompt("remind", "Write a reminder", "Draft a polite reminder for one invoice that is due; sends nothing.",
                  [{"name": "number", "description": "The invoice's number, as INV-1004.", "required": True}],
                  lambda arguments: f"Read invoice {arguments['number']} and draft a polite reminder. Show it; do not send it.")
    return server


if __name__ == "__main__":
    make().run()

"""One small report, or a few, for each kind of fault that public reports of other projects tell of; all are ours.

`reports(folder)` writes them, each kind in a folder of its name; their questions stand in `questions.jsonl`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml.parser import parse_xml
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

Files = Mapping[str, bytes]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FILLING = "全乡上下齐心协力，把各项任务落到实处，为群众办了一批看得见、摸得着的好事实事。"
RADICALS = str.maketrans("一人工文日月水火木土金食行", "⼀⼈⼯⽂⽇⽉⽔⽕⽊⼟⾦⾷⾏")
_WIDTH = 23  # characters of a line that was broken for it
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def text(content: str, encoding: str = "utf-8") -> bytes:
    return content.encode(encoding)


def radicals() -> Files:
    said = "清水县水务局2022年工作总结\n一年来，全县新打机井64眼，修建水窖一百二十口，解决9200人的饮水问题。局机关现有工作人员27人。"
    return {"清水县水务局2022年工作总结.txt": text(said.translate(RADICALS))}


def unseen_characters() -> Files:
    said = "柳湾街道养老服­务简况\n柳湾街道建成老年食​堂9家，每天供餐1\u200b36\u20600份。招募助老志\u200c愿者2­15名，争取福彩资\ufeff金7\u200d4万\ufeff元。"
    return {"柳湾街道养老服务.txt": text(said)}


def full_width() -> Files:
    said = "河沿镇秋播小结\n2022年，河沿镇播种冬小麦31,400亩，出动播种机126台，完成任务的102.5%，补贴种子款38.6万元。"
    return {"河沿镇秋播.txt": text(said.translate(WIDE))}


def lists_of_values() -> Files:
    rows = "乡镇,卫生室(个),乡村医生(人),签约户数(户)\n黑石乡,11,19,1830\n白杨乡,8,13,1264\n红崖乡,14,27,2075\n合计,33,59,5169\n"
    moved = "村名,蓄水池(座),滴灌面积(亩)\n上坝村,6,540\n下坝村,9,815\n合计,15,1355\n"
    return {
        "卫生室.csv": text(rows, "gb18030"),
        "卫生室另存.csv": text(rows, "utf-8-sig"),
        "蓄水池.txt": text(moved, "gb18030"),
    }


def pictured_signs() -> Files:
    said = (
        "竹溪乡防汛四件事 🌊\n\uf06c 排查隐患：检查山塘46座，🚧加固堤段7处。\n\uf0b7 储备物资：购置编织袋12000条\uf02d另有救生衣300件。\n"
        "\uf0d8 演练转移：组织演练5次，转移群众1640人。\n\ue5e5\ue5e5值班值守：安装警报器23个。\n"
    )
    return {"竹溪乡防汛.txt": text(said)}


def numbers_like_years() -> Files:
    said = (
        "永川区档案馆移交清单\n第1987号案卷由区民政局移交，第2008号案卷由区水利局移交，第2024号案卷由区体育局移交。\n"
        "柜位2001存放地契，柜位2019存放族谱。\n库房扩建工程预算1995万元，数字化工程预算2030万元。\n2021年，全馆接收照片2005张。\n"
    )
    return {"永川区档案馆移交清单.txt": text(said)}


def vertical_tabs() -> Files:
    said = "红旗街道垃圾分类汇报\v2022年，红旗街道设置分类投放点54处，聘请督导员88名。\v清运厨余垃圾1320吨。\v处罚混投行为17起。\v"
    return {"红旗街道垃圾分类.txt": text(said)}


def hard_lines() -> Files:
    said = (
        "今年上半年，青浦岭林场在市林业局的领导下，紧紧围绕造林绿化和资源管护两项任务，狠抓责任落实，完成人工造林2460亩，"
        "抚育中幼林5100亩，培育油松苗木83万株，出圃46万株。聘用护林员37名，修复防火道路18公里，投入防火资金126万元，"
        "其中购置灭火机具用去52万元。场长冯德海先后九次带队检查，没有发生火情。"
    )
    lines = [""]
    for char in said:
        if sum(0.5 if each.isascii() else 1 for each in lines[-1]) >= _WIDTH:
            lines.append("")
        lines[-1] += char
    return {"青浦岭林场上半年工作.txt": text("\n".join(["青浦岭林场上半年工作情况", *lines]))}


def merged_downwards() -> Files:
    document = docx.Document()
    document.add_paragraph("东岗区各街道分季度消防检查统计")
    rows = [
        ("街道", "季度", "检查单位(家)", "整改隐患(处)"),
        ("桃园街道", "第一季度", "210", "34"),
        ("", "第二季度", "265", "41"),
    ]
    rows += [("", "第三季度", "198", "22"), ("梅园街道", "第一季度", "173", "19"), ("", "第二季度", "240", "38")]
    table = _table(document, rows)
    table.cell(1, 0).merge(table.cell(3, 0))
    table.cell(4, 0).merge(table.cell(5, 0))
    return {"消防检查.docx": _docx(document)}


def merged_across() -> Files:
    document = docx.Document()
    document.add_paragraph("北坪乡好媳妇好婆婆事迹名册")
    rows = [
        ("姓名", "所在村", "事迹", "事迹"),
        ("汤秀兰", "石桥村", "照料瘫痪婆婆16年", ""),
        ("龚玉珍", "柏树村", "收养孤儿3名", ""),
    ]
    table = _table(document, rows)
    for n in range(3):
        table.cell(n, 2).merge(table.cell(n, 3))
    return {"事迹名册.docx": _docx(document)}


def text_boxes() -> Files:
    document = docx.Document()
    document.add_paragraph("枫林镇旅游简报")
    document.add_paragraph("枫林镇全年接待游客48万人次。")
    inside = "<w:p><w:r><w:t>枫林镇新增民宿29家，培训导游65名。</w:t></w:r></w:p>"
    control = "<w:sdt><w:sdtContent><w:p><w:r><w:t>游客中心总投资760万元。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    box = (
        f'<w:p {W} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:textbox><w:txbxContent>'
        f"{inside}{control}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    document.element.body.insert(2, parse_xml(box))
    return {"枫林镇旅游简报.docx": _docx(document)}


def tracked_changes() -> Files:
    document = docx.Document()
    document.add_paragraph("沙河乡道路整修小结")
    by = 'w:id="1" w:author="x" w:date="2023-01-01T00:00:00Z"'
    changed = (
        f"<w:p {W}><w:r><w:t>沙河乡全年硬化道路</w:t></w:r><w:del {by}><w:r><w:delText>19</w:delText></w:r></w:del>"
        f"<w:ins {by}><w:r><w:t>23</w:t></w:r></w:ins><w:r><w:t>公里</w:t></w:r>"
        f"<w:ins {by}><w:r><w:t>，安装路灯340盏</w:t></w:r></w:ins><w:r><w:t>。</w:t></w:r></w:p>"
    )
    gone = f"<w:p {W}><w:del {by}><w:r><w:delText>沙河乡改建桥梁4座。</w:delText></w:r></w:del></w:p>"
    for n, xml in enumerate((changed, gone)):
        document.element.body.insert(1 + n, parse_xml(xml))
    return {"沙河乡道路整修.docx": _docx(document)}


def runs_and_signs() -> Files:
    document = docx.Document()
    document.add_paragraph("槐树社区食堂验收单")
    linked = "<w:hyperlink><w:r><w:t>面积220平方米</w:t></w:r></w:hyperlink>"
    smart = '<w:smartTag w:element="x"><w:r><w:t>2022年9月15日</w:t></w:r></w:smartTag>'
    field = '<w:fldSimple w:instr="X"><w:r><w:t>组长为邵文斌</w:t></w:r></w:fldSimple>'
    control = "<w:sdt><w:sdtContent><w:r><w:t>每天供餐260份</w:t></w:r></w:sdtContent></w:sdt>"
    signs = [
        f'<w:r><w:sym w:font="Wingdings" w:char="F0{code}"/></w:r><w:r><w:t>{word} </w:t></w:r>'
        for code, word in (("FE", "合格"), ("A8", "不合格"))
    ]
    said = f"<w:r><w:t>槐树社区食堂</w:t></w:r>{linked}<w:r><w:t>，验收日期</w:t></w:r>{smart}<w:r><w:t>，</w:t></w:r>{field}"
    for n, inner in enumerate((f"{said}<w:r><w:t>，</w:t></w:r>{control}<w:r><w:t>。</w:t></w:r>", "".join(signs))):
        document.element.body.insert(1 + n, parse_xml(f"<w:p {W}>{inner}</w:p>"))
    return {"食堂验收单.docx": _docx(document)}


def of_another_office() -> Files:
    """As other programs write it: no styles of Word's, runs of a character each."""
    runs = "".join(
        f"<w:r><w:t>{char}</w:t></w:r>"
        for char in "鹿鸣县博物馆去年借展文物74件，其中一级文物6件，观众投票最喜爱的是铜镜。"
    )
    head = "".join(f"<w:r><w:t>{char}</w:t></w:r>" for char in "鹿鸣县博物馆借展报告")
    body = f'<?xml version="1.0"?><w:document {W}><w:body><w:p>{head}</w:p><w:p>{runs}</w:p></w:body></w:document>'
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    related = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in (("[Content_Types].xml", types), ("_rels/.rels", related), ("word/document.xml", body)):
            archive.writestr(name, content)
    return {"借展报告.docx": written.getvalue()}


def unit_above() -> Files:
    document = docx.Document()
    document.add_paragraph("安远区文化馆2022年收支决算")
    document.add_paragraph("单位：万元")
    rows = [
        ("项目", "预算数", "决算数"),
        ("惠民演出", "44.00", "52.35"),
        ("设备购置", "18.00", "17.60"),
        ("合计", "62.00", "69.95"),
    ]
    _table(document, rows)
    return {"文化馆决算.docx": _docx(document)}


def facts_in_headers() -> Files:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "梧桐区水利局文件 梧水发〔2022〕31号"
    document.add_paragraph("关于公布2022年度优秀河长名单的通报")
    document.add_paragraph("根据考核结果，现对孟庆林等16名优秀河长予以公布。")
    return {"河长通报.docx": _docx(document)}


def letters_without_meaning() -> Files:
    return {"无映射.pdf": _glyphs("丰乐县全年举办花会十二场，接待游客三十一万人次，门票收入九百万元。", {})}


def tables_on_pages() -> Files:
    files = {}
    rows = [
        ["单位", "培训班", "学员(人)"],
        ["农机站", "14期", "560"],
        ["畜牧站", "9期", "315"],
        ["林业站", "11期", "402"],
    ]
    for place, ruled in (("甘泉县", True), ("苦泉县", False)):
        page = _Page()
        page.say(f"{place}各站培训情况统计表", 200, 100)
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                more = cell.replace("14", "16").replace("9期", "8期").replace("402", "377")
                page.say(cell if ruled else more, 86 + 150 * m, 140 + 24 * n)
        if ruled:
            page.canvas.grid([80 + 150 * m for m in range(4)], [842 - 140 + 16 - 24 * n for n in range(5)])
        page.say("以上为全年数字。", 60, 300)
        files[f"{place}培训.pdf"] = page.bytes()
    return files


def scanned_pages() -> Files:
    page = _Page()
    page.say("南渡区全年新增养老床位480张，改造敬老院6所。", 60, 100)
    page.turn()
    page.canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    return {"南渡区养老.pdf": page.bytes()}


def set_downwards() -> Files:
    page = _Page()
    for n, line in enumerate(("白鹭镇唱大戏十一场，", "看戏的有八千五百人次。")):
        for m, char in enumerate(line):
            page.say(char, 400 - 30 * n, 100 + 16 * m)
    return {"竖排戏单.pdf": page.bytes()}


def head_of_two_pages() -> Files:
    said = "截至年末，全区建成口袋公园58个、健身步道31条，另有灯光球场27"
    rest = "片向居民免费开放，全年新栽行道树1.6万棵。"
    page = _Page()
    page.say("望城岗区城建工作报告", 240, 40)
    for n in range(20):
        page.say(FILLING[:38], 80, 90 + 18 * n)
    page.say(said, 80 + 38 * 12 - pdfmetrics.stringWidth(said, "STSong-Light", 12), 470)  # up to the margin
    page.say("— 1 —", 285, 800)
    page.turn()
    page.say("望城岗区城建工作报告", 240, 40)
    page.say(rest, 60, 90)
    page.say("— 2 —", 285, 800)
    return {"城建报告.pdf": page.bytes()}


def printed_by_a_browser() -> Files:
    said = "水口县文化馆全年举办文艺演出52场，开办免费课程三十一门，馆内现有工作人员18人。"
    return {"浏览器打印.pdf": _glyphs(said, {char: char.translate(RADICALS) for char in said})}


def parted_words() -> Files:
    page = _Page("Helvetica")
    lines = (
        "2022 Report of the City Library",
        "The library lent 83,500 books to its read-",
        "ers and trained 640 volun-",
    )
    for n, line in enumerate((*lines, "teers. Repairs of the roof cost 1.4 million yuan.")):
        page.say(line, 72, 80 + 18 * n)
    form = _Page()
    form.say("夜校报名人数：", 60, 100)
    form.canvas.acroForm.textfield(name="n", x=170, y=842 - 106, width=100, height=16, value="39")
    return {"library.pdf": page.bytes(), "报名表.pdf": form.bytes()}


def charsets() -> Files:
    files = {}
    for name, place, said, charset in (
        ("a", "濠河区", "濠河区举办运动会15场，共有健身队48支。区体育局局长为祝镕。", "gb18030"),
        ("b", "堰塘镇", "堰塘镇举办运动会22场——其中夜间7场。", "utf-8"),
    ):
        page = (
            f'<html><head><meta charset="gb2312"><title>{place}体育工作</title></head><body><p>{said}</p></body></html>'
        )
        files[f"{name}.html"] = text(page, charset)
    lied = '<html><head><meta charset="utf-8"><title>渌口镇体育工作</title></head><body><p>渌口镇共有篮球场34个。</p></body></html>'
    return files | {"c.html": text(lied, "gb18030")}


def hidden_until_shown() -> Files:
    said = "<p>望湖区读书节展出图书5200册，征集读后感317篇，评出书香家庭40户。</p>" + f"<p>{FILLING}</p>" * 3
    style = "visibility: hidden; opacity: 0;"
    page = (
        "<html><head><meta charset='utf-8'><title>望湖区读书节</title></head><body><h1>望湖区读书节落幕</h1>"
        f"<div id='js_content' style='{style}'>{said}</div></body></html>"
    )
    return {"读书节.html": text(page)}


def made_by_a_script() -> Files:
    page = "<html><head><title>双桥区</title></head><body><div id='app'></div><script>render('双桥区修桥五座')</script></body></html>"
    return {"空壳.html": text(page)}


def sheets_and_slides() -> Files:
    book = openpyxl.Workbook()
    for row in (("牧场", "存栏(头)", "产奶量(吨)"), ("东滩牧场", 860, 3120), ("西滩牧场", 540, 1985)):
        book.active.append(row)
    sheet = io.BytesIO()
    book.save(sheet)
    shown = pptx.Presentation()
    slide = shown.slides.add_slide(shown.slide_layouts[1])
    slide.shapes.title.text = "大滩乡奶业汇报"
    slide.placeholders[1].text = "大滩乡建成挤奶站13座。"
    slides = io.BytesIO()
    shown.save(slides)
    return {"牧场统计.xlsx": sheet.getvalue(), "奶业汇报.pptx": slides.getvalue()}


def a_cell_a_line() -> Files:
    cells = "社区 路灯 摄像头 长椅 榆钱社区 62盏 18个 40条 槐花社区 75盏 27个 33条 杏林社区 58盏 14个 26条"
    return {"社区设施.txt": text("银杏路街道各社区设施\n" + "\n".join(cells.split(" ")) + "\n")}


def chinese_numerals() -> Files:
    said = (
        "桐花乡春耕情况\n全乡备足化肥三千四百吨，种子一百零八吨。检修农机二百六十台，其中拖拉机卅五台。\n"
        "育秧面积达到1万2000亩，接到农技咨询4千6百次。乡里发放补贴九十七万元，农户自筹两百余万元。\n"
    )
    return {"桐花乡春耕.txt": text(said)}


def vague_figures() -> Files:
    said = (
        "苇荡区志愿服务情况\n全区有志愿服务队近三百支，其中社区队伍七十余支。每个站点安排4-6名值班员，每周服务2至3次。\n"
        "数十家商户提供优惠，上万名学生报名，每处站点全年服务不少于180天。计划招募骨干300—450人。\n"
    )
    return {"苇荡区志愿服务.txt": text(said)}


def figures_in_questions() -> Files:
    said = (
        "澄江区养犬管理办法\n第七条 每户养犬不得超过二只。\n第十二条 区养犬管理委员会由九个部门组成。\n"
        "第二十六条 违反本办法第七条规定的，由区公安分局处以罚款。\n"
        "第五届犬展于2021年举办，参展犬只430只；第六届犬展于2022年举办，参展犬只515只。\n"
    )
    return {"养犬管理办法.txt": text(said)}


def draft_and_final() -> Files:
    said = "禾田县粮食局2022年总结\n\n2022年，禾田县粮食局收购稻谷{}万吨，维修仓库{}座。\n"
    first, final = said.format("5.3", "17"), said.format("5.8", "21")
    name = "禾田县粮食局总结({}).txt"
    return {
        name.format("征求意见稿"): text(first),
        name.format("定稿"): text(final),
        f"旧/{name.format('定稿')}": text(final),
    }


def signs_of_a_query() -> Files:
    said = '雁塔镇夜校小结\n2022年，雁塔镇开办"英语+口语"班19期(其中周末班8期)，C#入门班3期，学员410人。\n'
    return {"雁塔镇夜校.txt": text(said)}


def long_sentences() -> Files:
    stem = "坚持统筹规划、分步实施、建管并重、惠及全民的思路，不断完善服务网络；"
    middle = (
        "在此基础上，以文化礼堂、农家书屋、流动书车、数字驿站、非遗工坊为载体，"
        + "整合各部门各单位的场地、人员、经费和项目，" * 6
    )
    end = "全区建成各类文化阵地（含与企业、学校、部队共建的）1436处，服务居民92万人次。"
    return {"澜沧江路片区文化.txt": text(f"雪浪区文化阵地综述\n\n雪浪区{stem * 5}{middle}{end}\n")}


def what_never_was() -> Files:
    said = (
        "锦屏街道2022年实事办理情况\n原计划改造菜市场3个，因拆迁受阻尚未动工。全年没有新建公厕。原定6月举行的龙舟赛因汛情取消。\n"
        "完成楼道粉刷86栋，超过年度任务70栋；加装电梯41部，未达到60部的目标。\n"
    )
    return {"锦屏街道实事.txt": text(said)}


def years_seen_from_the_title() -> Files:
    said = (
        "仁和县气象局2022年工作总结\n\n一年来，全县发布预警信息219条。今年以来，新建自动站14个。\n\n"
        "去年，全县防雷检测收入为88万元；今年防雷检测收入增加到103万元。\n\n仁和县气象局\n2022年12月26日\n"
    )
    return {"仁和县气象局2022年工作总结.txt": text(said)}


def years_seen_from_the_date() -> Files:
    said = (
        "麦盖提林管站巡护情况\n2023年2月8日\n\n去年全站巡护里程5.4万公里，清理枯倒木730立方米。前年清理枯倒木910立方米。\n"
        "2020年以来累计补植胡杨4600亩，其中去年补植1250亩。今年修缮管护房6间，去年修缮管护房9间。\n"
    )
    return {"林管站巡护.txt": text(said)}


def told_changes() -> Files:
    said = (
        "安澜航道处养护简报\n全年受理航标失常报告52次，比上年减少17次。疏浚土方38万立方米，同比增加6万立方米。\n"
        "船闸平均待闸时间2.6小时，同比缩短0.8小时。标志正常率99.2%，较上年提高1.4个百分点。\n"
    )
    return {"航道养护.txt": text(said)}


def lines_parted_in_figures() -> Files:
    said = (
        "乌拉盖兽医站防疫小结\n\n全年免疫牛1\n860头、羊2.3\n万只，免疫密度达到98\n.5%。\n\n"
        "- 2 -\n\n举办养殖培训班1\n4期，发放消毒药\n3700瓶。采集血样6\n20份，全部合格。\n"
    )
    return {"兽医站防疫.txt": text(said)}


def things_in_turn() -> Files:
    said = "永宁河各闸启闭统计\n\n上游闸启闭46次，泄水310万立方米；中游闸启闭71次，泄水265万立方米；下游闸启闭29次，泄水480万立方米。\n"
    return {"各闸启闭.txt": text(said)}


def plan_beside_result() -> Files:
    said = "桃源茶场生产情况\n春茶采摘面积3850亩，计划为4200亩。炒制干茶96吨，原定110吨。\n"
    return {"桃源茶场.txt": text(said)}


def questions_in_a_row() -> Files:
    said = (
        "龙泉市公园概况\n朝阳公园2015年建成，占地42公顷，有古树136棵，园长为毕振华，年接待游客75万人次。\n"
        "夕照公园2019年建成，占地28公顷，有古树54棵，园长为司马青，年接待游客39万人次。\n"
    )
    return {"龙泉市公园.txt": text(said)}


def places_alike() -> Files:
    figures = {"平湖镇": (41, 118), "平江镇": (52, 127), "平江县": (63, 139), "石塘区": (74, 145)}
    said = "{0}义诊工作小结\n2022年，{0}举办义诊活动{1}次，参加医生{2}名。\n"
    return {f"{place}.txt": text(said.format(place, *told)) for place, told in figures.items()}


KINDS: dict[str, Callable[[], Files]] = {
    kind.__name__: kind
    for kind in (
        *(radicals, unseen_characters, full_width, lists_of_values, pictured_signs, numbers_like_years, vertical_tabs),
        *(hard_lines, merged_downwards, merged_across, text_boxes, tracked_changes, runs_and_signs, of_another_office),
        *(unit_above, facts_in_headers, letters_without_meaning, tables_on_pages, scanned_pages, set_downwards),
        *(head_of_two_pages, printed_by_a_browser, parted_words, charsets, hidden_until_shown, made_by_a_script),
        *(sheets_and_slides, a_cell_a_line, chinese_numerals, vague_figures, figures_in_questions, draft_and_final),
        *(
            signs_of_a_query,
            long_sentences,
            what_never_was,
            years_seen_from_the_title,
            years_seen_from_the_date,
            told_changes,
            lines_parted_in_figures,
            things_in_turn,
            plan_beside_result,
            questions_in_a_row,
            places_alike,
        ),
    )
}


def reports(folder: Path) -> None:
    """Write them all."""
    for name, kind in KINDS.items():
        for file, content in kind().items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


class _Page:
    """A PDF in the making."""

    def __init__(self, font: str = "STSong-Light") -> None:
        if font == "STSong-Light":
            pdfmetrics.registerFont(UnicodeCIDFont(font))
        self._font, self._buffer = font, io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(595, 842))
        self.canvas.setFont(font, 12)

    def say(self, said: str, x: float, y: float) -> None:
        self.canvas.drawString(x, 842 - y, said)

    def turn(self) -> None:
        self.canvas.showPage()
        self.canvas.setFont(self._font, 12)

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._buffer.getvalue()


def _glyphs(said: str, meaning: Mapping[str, str]) -> bytes:
    """A PDF that shows a text by the numbers of its font's glyphs, and says of some of them what they mean."""
    numbers = {char: n + 3000 for n, char in enumerate(dict.fromkeys(said))}
    lines = [said[n : n + 30] for n in range(0, len(said), 30)]
    shown = "".join(f"<{''.join(f'{numbers[char]:04x}' for char in line)}> Tj 0 -18 Td " for line in lines)
    pairs = "".join(f"<{numbers[a]:04x}> <{b.encode('utf-16-be').hex()}>\n" for a, b in meaning.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n1 begincodespacerange\n<0000> <ffff>\n"
        f"endcodespacerange\n{len(meaning)} beginbfchar\n{pairs}endbfchar\nendcmap end end"
    )
    to_unicode = "/ToUnicode 7 0 R" if meaning else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        _stream(f"BT /F 12 Tf 72 700 Td {shown} ET"),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [6 0 R] {to_unicode} >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        "/Supplement 0 >> /DW 1000 /FontDescriptor 8 0 R >>",
        _stream(cmap),
        "<< /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 0 1000 1000] /Ascent 800 /Descent -200 /StemV 80 "
        "/ItalicAngle 0 /CapHeight 700 >>",
    ]
    written = b"%PDF-1.4\n"
    places = []
    for n, each in enumerate(objects):
        places.append(len(written))
        written += f"{n + 1} 0 obj\n{each}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    tail = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return written + f"{tail}startxref\n{len(written)}\n%%EOF".encode()


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _table(document: docx.document.Document, rows: Sequence[Sequence[str]]) -> docx.table.Table:
    table = document.add_table(len(rows), len(rows[0]))
    for n, row in enumerate(rows):
        for m, said in enumerate(row):
            table.cell(n, m).text = said
    return table


def _docx(document: docx.document.Document) -> bytes:
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
